/// Stochastic gradient descent with momentum and weight decay, in PyTorch's convention.
///
/// With the gradient g of a parameter p, its velocity v, the momentum μ and the learning rate η, each
/// step computes
///
///     v ← μ·v + (g + decay·p),  p ← p − η·v
///
/// A parameter without a gradient is skipped: neither it nor its velocity changes.
public final class SGD {
  private let parameters: [NamedParameter]
  private let weightDecay: Float
  /// The velocity of each parameter, changed in place.
  private let velocities: [Tensor]

  /// Creates an optimiser of `parameters` with zero velocities; `weightDecay` is finite and at least 0. A parameter that
  /// is listed under several names, because parts of a network share it, is updated once in each step.
  public init(_ parameters: [NamedParameter], weightDecay: Float = 0) {
    requireWeightDecay(weightDecay)
    let parameters = distinct(parameters, by: \.parameter)
    self.parameters = parameters
    self.weightDecay = weightDecay
    velocities = parameters.map { Tensor(repeating: 0, shape: $0.parameter.value.shape) }
  }

  /// Updates each parameter by its gradient and clears the gradient.
  ///
  /// - Parameters:
  ///   - learningRate: η, finite and at least 0.
  ///   - momentum: μ in [0, 1).
  public func update(learningRate: Float, momentum: Float = 0) {
    requireLearningRate(learningRate)
    require((0..<1).contains(momentum), "The momentum lies in [0, 1); found \(momentum).")
    for ((_, parameter), velocity) in zip(parameters, velocities) {
      guard let gradient = parameter.gradient else { continue }
      let value = parameter.value
      parameter.value = unsafe filled(value.shape) { [weightDecay] result in
        forEachVector(value.count) { i in
          let p = unsafe (value.pointer + i).vector
          let g = unsafe (gradient.pointer + i).vector + weightDecay * p
          let v = unsafe momentum * (velocity.pointer + i).vector + g
          unsafe (velocity.pointer + i).vector = v
          unsafe (result + i).vector = p - learningRate * v
        }
      }
      parameter.gradient = nil
    }
  }
}

extension SGD: Resumable {
  /// "velocity.name" for each parameter.
  public var state: [NamedState] {
    zip(parameters, velocities).map { .tensor("velocity.\($0.name)", changedInPlace: $1) }
  }
}
