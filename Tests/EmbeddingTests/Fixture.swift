import Embedding
import Engine
import Foundation

/// Five hundred handwritten digits, and reference values from scikit-learn (`Fixtures/make_fixtures.py`).
struct Fixture {
  struct Row: Decodable {
    var row: Int
    var columns: [Int32]
    var values: [Float]
  }

  struct Expected: Decodable {
    var explainedVariance: [Double]
    var explainedVarianceRatio: [Double]
    /// The first rows along the first components: (10, 5).
    var projected: [[Float]]
    var affinities: [Row]
    var divergence: Double
  }

  /// The pixel values, from 0 to 16: (500, 64).
  let digits: Matrix
  let expected: Expected

  init() throws {
    func content(_ name: String) throws -> Data {
      try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/\(name)"))
    }
    let lines = String(decoding: try content("digits.tsv"), as: UTF8.self).split(separator: "\n")
    let pixels = lines.flatMap { $0.split(separator: "\t").dropFirst().compactMap { Float($0) } }
    digits = Matrix(rows: 500, columns: 64, values: pixels)
    expected = try JSONDecoder().decode(Expected.self, from: content("expected.json"))
  }
}

/// Returns rows drawn from a normal distribution around each centre, in the order of the centres.
func clusters(centres: [[Float]], rowsEach: Int, deviation: Float) -> Matrix {
  var random = RandomStream(seed: 3, "clusters")
  let values = centres.flatMap { centre in
    (0..<rowsEach).flatMap { _ in centre.map { $0 + deviation * random.normal() } }
  }
  return Matrix(rows: centres.count * rowsEach, columns: centres[0].count, values: values)
}

/// Returns points of the plane in clusters of different width, similar to an embedding.
func plane(points count: Int) -> [SIMD2<Float>] {
  var random = RandomStream(seed: 4, "plane")
  return (0..<count).map { point in
    let clump = Float(point % 7)
    let centre = SIMD2(8 * clump, clump * clump)
    return centre + SIMD2(random.normal(), random.normal()) * (0.2 + clump)
  }
}
