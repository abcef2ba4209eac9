/// The Adam optimiser (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (AdamW,
/// Loshchilov and Hutter 2019, arXiv:1711.05101), as implemented in fastai v1.
///
/// Each step computes p ← p·(1 − decay·η) − η·m̂ / (√v̂ + ε) for every parameter p. The decay is 0 for
/// parameters outside the ``WeightDecayScope``. η is the learning rate; m̂ and v̂ are the bias-corrected moving
/// averages of the gradient and of its square.
///
/// The correction of m̂ in step t divides by 1 − β₁ᵗ with the β₁ of this step, as in PyTorch. It is exact only for a
/// constant β₁.
public final class AdamW {
  private let parameters: [NamedParameter]
  private let weightDecay: Float
  private let decayScope: WeightDecayScope
  private let beta2: Float
  private let epsilon: Float
  /// The moving averages of the gradients and of their squares, changed in place.
  private let means: [Tensor]
  private let squares: [Tensor]
  /// The number of updates, those before a restored state included.
  private(set) var stepCount = 0

  /// Creates an optimiser of `parameters`. One that is listed under several names, because parts of a network share it,
  /// is updated once in each step.
  ///
  /// - Parameters:
  ///   - parameters: The parameters.
  ///   - weightDecay: The decay, finite and at least 0.
  ///   - decayScope: The parameters that decay.
  ///   - beta2: β₂ in [0, 1), the decay of the moving average of the squares; by default fastai's.
  ///   - epsilon: ε, finite and above 0; by default fastai's.
  public init(
    _ parameters: [NamedParameter], weightDecay: Float, decayScope: WeightDecayScope = .all,
    beta2: Float = 0.99, epsilon: Float = 1e-8
  ) {
    require((0..<1).contains(beta2), "β₂ lies in [0, 1); found \(beta2).")
    require(
      epsilon > 0 && epsilon.isFinite, "Adam's ε is a finite number above 0; found \(epsilon).")
    requireWeightDecay(weightDecay)
    let parameters = distinct(parameters, by: \.parameter)
    self.parameters = parameters
    self.weightDecay = weightDecay
    self.decayScope = decayScope
    self.beta2 = beta2
    self.epsilon = epsilon
    let zeros = { (named: NamedParameter) in
      Tensor(repeating: 0, shape: named.parameter.value.shape)
    }
    means = parameters.map(zeros)
    squares = parameters.map(zeros)
  }

  /// Updates each parameter by its gradient and clears the gradient; a missing gradient counts as
  /// zero.
  ///
  /// - Parameters:
  ///   - learningRate: η, finite and at least 0.
  ///   - beta1: β₁ in [0, 1), the decay of the moving average of the gradients.
  public func update(learningRate: Float, momentum beta1: Float) {
    requireLearningRate(learningRate)
    require((0..<1).contains(beta1), "β₁ lies in [0, 1); found \(beta1).")
    stepCount += 1
    let correction1 = 1 - Double.pow(Double(beta1), Double(stepCount))
    let correction2 = 1 - Double.pow(Double(beta2), Double(stepCount))
    let rate = Float(Double(learningRate) / correction1)
    let root = Float(correction2.squareRoot())
    for (index, (_, parameter)) in parameters.enumerated() {
      let value = parameter.value
      let shrink = decayScope.includes(value) ? 1 - weightDecay * learningRate : 1
      let gradient = parameter.gradient ?? Tensor(repeating: 0, shape: value.shape)
      parameter.value = unsafe filled(value.shape) { [beta2, epsilon] result in
        let (mean, square) = unsafe (means[index].pointer, squares[index].pointer)
        forEachVector(value.count) { i in
          let g = unsafe (gradient.pointer + i).vector
          let m = unsafe beta1 * (mean + i).vector + (1 - beta1) * g
          let v = unsafe beta2 * (square + i).vector + (1 - beta2) * g * g
          unsafe (mean + i).vector = m
          unsafe (square + i).vector = v
          unsafe (result + i).vector =
            shrink * (value.pointer + i).vector - rate * (m / (v.squareRoot() / root + epsilon))
        }
      }
      parameter.gradient = nil
    }
  }
}

/// The parameters that weight decay acts on.
public enum WeightDecayScope: String, Sendable, Codable, CaseIterable {
  /// All parameters, including biases and those of batch norm, as in fastai v1.
  case all
  /// The parameters with more than one axis, such as filters and matrices, as in the MixMatch paper's code.
  case kernels

  /// Whether a parameter with this value decays; biases and the parameters of batch norm have one axis.
  func includes(_ value: Tensor) -> Bool { self == .all || value.shape.count > 1 }
}

/// Requires that a weight decay is finite and at least 0: another one would make the weights grow, or NaN.
func requireWeightDecay(_ weightDecay: Float) {
  require(
    weightDecay >= 0 && weightDecay.isFinite,
    "The weight decay is a finite number of at least 0; found \(weightDecay).")
}

/// Requires that a learning rate is finite and at least 0.
func requireLearningRate(_ learningRate: Float) {
  require(
    learningRate >= 0 && learningRate.isFinite,
    "The learning rate is a finite number of at least 0; found \(learningRate).")
}

extension AdamW: Resumable {
  /// "step", and "mean.name" and "square.name" for each parameter.
  public var state: [NamedState] {
    // Each whole number up to 2⁵³ is a Double.
    [
      .number("step", in: 0...1 << 53, get: { self.stepCount }, set: { self.stepCount = $0 })
    ]
      + zip(parameters, means).map { .tensor("mean.\($0.name)", changedInPlace: $1) }
      + zip(parameters, squares).map {
        .tensor("square.\($0.name)", changedInPlace: $1).notNegative("mean square")
      }
  }
}
