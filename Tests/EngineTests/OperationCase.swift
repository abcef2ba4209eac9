import Engine
import Testing

/// One row of the table of cases: an operation with its inputs and settings, and what PyTorch
/// computes for its output and for the gradients of meanSquaredError(output, target) by its inputs.
struct OperationCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Input: Decodable, Sendable {
    let name: String
    let shape: [Int]
    /// Drawn from here, if ``values`` is nil.
    let range: [Float]?
    let values: [Float]?
  }

  let operation: String
  let name: String
  let inputs: [Input]
  let settings: [String: Float]
  let labels: [Int]?
  let indices: [Int]?
  /// The factor by which the operation enlarges rounding errors: mean over deviation where batch norm
  /// takes a large mean away, and ``Tolerance/winograd``.
  let conditioning: Double
  let output: Digest
  /// By the inputs' names; an input that is not here gets no gradient.
  let gradients: [String: Digest]

  var testDescription: String { name }

  /// The inputs' numbers.
  func drawInputs() -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: inputs.map { input in
        let tensor =
          input.values.map { Tensor($0, shape: input.shape) }
          ?? Fixture.uniform("\(name)/\(input.name)", in: input.range!, shape: input.shape)
        return (input.name, tensor)
      })
  }

  /// The target of the mean squared error that turns the output into one number, to be differentiated.
  var target: Tensor { Fixture.uniform("\(name)/target", in: [-1, 1], shape: output.shape) }

  func setting(_ name: String) -> Float {
    guard let value = settings[name] else { preconditionFailure("\(self.name) has no \(name).") }
    return value
  }
}

/// How the engine computes an operation, and what decides how exact it can be.
struct Operation: Sendable {
  typealias Inputs = [String: Tensor]

  /// The output.
  let evaluate: @Sendable (OperationCase, Inputs) -> Tensor
  /// The number of products or terms that are summed for one number of the output, given inputs and output.
  let terms: @Sendable (Inputs, _ output: Tensor) -> Int
  /// The number of terms that are summed for one number of the gradient with respect to an input.
  let gradientTerms: @Sendable (_ input: String, Inputs, _ output: Tensor) -> Int
  /// Whether the derivative jumps where the output changes its sign.
  var hasKink = false

  static func named(_ name: String) -> Operation {
    guard let operation = table[name] else { preconditionFailure("No operation \(name).") }
    return operation
  }

  private static let table: [String: Operation] = [
    "conv2d": Operation(
      evaluate: { c, i in
        conv2d(
          i["x"]!, i["weights"]!, bias: i["bias"], stride: Int(c.setting("stride")),
          padding: Int(c.setting("padding")),
          activation: c.settings["slope"].map { .leakyReLU(slope: $0) } ?? .none)
      },
      terms: { i, _ in i["weights"]!.shape.dropLast().reduce(1, *) },
      gradientTerms: { input, i, y in
        let filters = i["weights"]!.shape
        return input == "x" ? filters[0] * filters[1] * filters[3] : y.count / filters[3]
      }, hasKink: true),
    "linear": Operation(
      evaluate: { _, i in linear(i["x"]!, i["weights"]!, bias: i["bias"]!) },
      terms: { i, _ in i["x"]!.shape[1] },
      gradientTerms: { input, _, y in input == "x" ? y.shape[1] : y.shape[0] }),
    "relu": elementwise(hasKink: true) { _, i in relu(i["x"]!) },
    "leakyReLU": elementwise(hasKink: true) { c, i in
      leakyReLU(i["x"]!, slope: c.setting("slope"))
    },
    "add": elementwise { _, i in i["a"]! + i["b"]! },
    "scale": elementwise { c, i in c.setting("factor") * i["x"]! },
    "slice": elementwise { c, i in i["x"]![Int(c.setting("start"))..<Int(c.setting("stop"))] },
    "concatenated": elementwise { _, i in concatenated([i["a"]!, i["b"]!, i["c"]!]) },
    "gathered": elementwise { c, i in gathered(c.indices!, of: i["x"]!) },
    "reshaped": elementwise { _, i in i["x"]!.reshaped(to: [6, 10]) },
    "subtract": elementwise { _, i in i["a"]! - i["b"]! },
    "negate": elementwise { _, i in -i["x"]! },
    "multiply": elementwise { _, i in i["a"]! * i["b"]! },
    "divide": elementwise { _, i in i["a"]! / i["b"]! },
    "divideByScalar": elementwise { c, i in i["x"]! / c.setting("divisor") },
    "matrixProduct": Operation(
      evaluate: { _, i in matmul(i["a"]!, i["b"]!) },
      terms: { i, _ in i["a"]!.shape[1] },
      gradientTerms: { input, _, y in input == "a" ? y.shape[1] : y.shape[0] }),
    "sum": reduction { _, i in i["x"]!.sum() },
    "mean": reduction { _, i in i["x"]!.mean() },
    "sumOverAxis": reduction { c, i in i["x"]!.sum(axis: Int(c.setting("axis"))) },
    "meanOverAxis": reduction { c, i in i["x"]!.mean(axis: Int(c.setting("axis"))) },
    "maxPool2d": elementwise { c, i in
      maxPool2d(
        i["x"]!, kernelSize: Int(c.setting("kernelSize")), stride: Int(c.setting("stride")))
    },
    // "noise" holds the numbers that the stream of its name gives.
    "dropout": elementwise { c, i in
      var random = RandomStream(seed: 1, "\(c.name)/noise")
      return dropout(i["x"]!, probability: c.setting("probability"), random: &random)
    },
    "normaliseByBatch": batchNorm { c, i in
      normaliseByBatch(
        i["x"]!, scale: i["scale"]!, shift: i["shift"]!, epsilon: c.setting("epsilon")
      ).0
    },
    "normalise": batchNorm { c, i in
      normalise(
        i["x"]!, by: ChannelMoments(mean: i["mean"]!, variance: i["variance"]!),
        scale: i["scale"]!, shift: i["shift"]!, epsilon: c.setting("epsilon"))
    },
    "globalAveragePool": reduction { _, i in globalAveragePool(i["x"]!) },
    "softmax": Operation(
      evaluate: { _, i in softmax(i["x"]!) },
      terms: { _, y in y.shape[1] }, gradientTerms: { _, _, y in y.shape[1] }),
    "crossEntropy": loss { _, i in crossEntropy(i["logits"]!, i["targets"]!) },
    "crossEntropyOfLabels": loss { c, i in crossEntropy(i["logits"]!, labels: c.labels!) },
    "klDivergence": loss { _, i in klDivergence(i["logits"]!, i["targets"]!) },
    "softmaxEntropy": loss { _, i in softmaxEntropy(i["logits"]!) },
    "meanSquaredError": loss { _, i in meanSquaredError(i["a"]!, i["b"]!) },
  ]

  private static func elementwise(
    hasKink: Bool = false, _ evaluate: @escaping @Sendable (OperationCase, Inputs) -> Tensor
  ) -> Operation {
    Operation(
      evaluate: evaluate, terms: { _, _ in 1 }, gradientTerms: { _, _, _ in 1 }, hasKink: hasKink)
  }

  /// Each element of the output is a sum or mean over some of the input's.
  private static func reduction(
    _ evaluate: @escaping @Sendable (OperationCase, Inputs) -> Tensor
  ) -> Operation {
    Operation(
      evaluate: evaluate, terms: { i, y in i["x"]!.count / y.count },
      gradientTerms: { _, _, _ in 1 })
  }

  /// Every number depends on sums over all rows.
  private static func batchNorm(
    _ evaluate: @escaping @Sendable (OperationCase, Inputs) -> Tensor
  ) -> Operation {
    let rows: @Sendable (Tensor) -> Int = { $0.count / $0.shape.last! }
    return Operation(
      evaluate: evaluate, terms: { _, y in rows(y) }, gradientTerms: { _, _, y in rows(y) })
  }

  /// The output is a sum over all numbers of the input, the gradient over a row at most.
  private static func loss(
    _ evaluate: @escaping @Sendable (OperationCase, Inputs) -> Tensor
  ) -> Operation {
    let first: @Sendable (Inputs) -> [Int] = { ($0["logits"] ?? $0["a"])!.shape }
    return Operation(
      evaluate: evaluate, terms: { i, _ in first(i).reduce(1, *) },
      gradientTerms: { _, i, _ in first(i).last! })
  }
}
