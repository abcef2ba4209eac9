import Datasets
import Embedding
import Engine
import Foundation
import Testing

/// Fingerprints of principal components, nearest neighbours and the t-SNE map of 600 digits.
@Suite struct EmbeddingFingerprints {
  /// The digits as rows, (600, 784).
  private static let digits: Matrix = {
    let images = syntheticDigits(trainCount: 600, testCount: 1).train
    return Matrix(rows: 600, columns: 784, values: images.pixels.map { Float($0) / 255 })
  }()

  /// A run of these tests with other kernels would say nothing if OpenBLAS did not use them.
  @Test(.enabled(if: EmbeddingFingerprints.chosenKernels != nil)) func theKernelsAreThoseChosen() {
    #expect(OpenBLAS.coreName.lowercased() == Self.chosenKernels?.lowercased())
  }

  private static let chosenKernels = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]

  private static func projected() throws -> Matrix {
    try PCA(fitting: digits, components: 30).transform(digits)
  }

  @Test func principalComponents() throws {
    try expectBits("7e418fc2f7347802") {
      let pca = try PCA(fitting: Self.digits, components: 30)
      let rows = pca.transform(Self.digits)
      return [pca.mean, pca.axes.values, pca.explainedVariance.map(Float.init), rows.values].map {
        Tensor($0, shape: [$0.count])
      }
    }
  }

  @Test func neighbours() throws {
    try expectBits("95224a151bd7f771") {
      let neighbours = NearestNeighbours(of: try Self.projected(), count: 91)
      let indices = neighbours.indices.map(Float.init)
      return [indices, neighbours.squaredDistances].map { Tensor($0, shape: [$0.count]) }
    }
  }

  @Test func map() throws {
    var tsne = TSNE()
    (tsne.iterations, tsne.exaggerationIterations) = (200, 100)
    try expectBits("8518982adadff652") {
      let map = try tsne.embed(Self.projected())
      let numbers = map.points.flatMap { [$0.x, $0.y] } + [Float(map.klDivergence)]
      return [Tensor(numbers, shape: [numbers.count])]
    }
  }
}
