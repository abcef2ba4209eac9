/// The learning rate and the momentum (β₁) of each step of a training.
public protocol Schedule: Sendable {
  /// How many steps there are.
  var steps: Int { get }
  /// Those of step `step`, counted from 0.
  func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float)
}

extension OneCycle: Schedule {}

/// A learning rate that grows by the same factor in each step, to find out which the training bears
/// (Smith 2017, arXiv:1506.01186), with fastai's β₁ of 0.9.
public struct ExponentialRise: Schedule {
  /// The number of steps.
  public let steps: Int
  private let start: Float
  private let end: Float

  /// From `start` to `end`.
  public init(steps: Int, from start: Float, to end: Float) {
    require(
      steps > 1 && start > 0 && end > start,
      "The learning rate rises from \(start) to \(end) in \(steps) steps.")
    (self.steps, self.start, self.end) = (steps, start, end)
  }

  /// The same factor on the step before, and 0.9.
  public func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float) {
    (start * .pow(end / start, Float(step) / Float(steps - 1)), 0.9)
  }
}
