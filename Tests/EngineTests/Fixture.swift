import Engine
import Foundation

/// The values that `Fixtures/make_fixtures.py` computed with PyTorch and fastai.
enum Fixture {
  static func operations() throws -> [OperationCase] { try load("operations") }

  static func training() throws -> TrainingFixture { try load("training") }

  /// The rows of each function, by its name: the arguments, then the value.
  static func elementary() throws -> [String: [[Double]]] { try load("elementary") }

  private static func load<Value: Decodable>(_ name: String) throws -> Value {
    let file = Bundle.module.bundleURL.appending(path: "Fixtures/\(name).json")
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
  }

  /// The numbers that both sides draw for an input: from a stream of the input's name.
  static func uniform(_ name: String, in range: [Float], shape: [Int]) -> Tensor {
    var random = RandomStream(seed: 1, name)
    return .uniform(in: range[0]..<range[1], shape: shape, random: &random)
  }
}

/// Some numbers of a tensor, and two that depend on all of them.
struct Digest: Decodable, Sendable {
  let shape: [Int]
  /// The i-th is number 7919·i mod count of the tensor.
  let samples: [Double]
  /// The inner product with numbers that are drawn from [−1, 1).
  let projection: Double
  let rootMeanSquare: Double

  /// Where the samples stand in the tensor; all different, since 7919 is a prime that divides no
  /// count here.
  static func places(count: Int) -> [Int] { (0..<count).map { 7919 * $0 % count } }

  /// How far `tensor` is from the one this was taken of, in units of the root mean square: the
  /// largest distance of a sample, or of the projection divided by √count, which makes it as large
  /// as that of one number.
  func distance(of tensor: Tensor, named name: String) -> Double {
    guard tensor.shape == shape else { return .infinity }
    let numbers = tensor.scalars.map(Double.init)
    let direction = Fixture.uniform("\(name)/projection", in: [-1, 1], shape: shape).scalars
    let projection = zip(numbers, direction).reduce(0) { $0 + $1.0 * Double($1.1) }
    let root = Double(numbers.count).squareRoot()
    let places = Digest.places(count: numbers.count).prefix(samples.count)
    return largestDistance(
      places.map { numbers[$0] } + [projection / root], samples + [self.projection / root])
      / rootMeanSquare
  }
}

/// The largest distance between two numbers at the same place; infinite if any is not a number or
/// the lengths differ.
func largestDistance(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    let distance = abs(pair.0 - pair.1)
    return distance.isNaN ? .infinity : max(largest, distance)
  }
}

func rootMeanSquare(_ numbers: [Double]) -> Double {
  (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
}
