import Engine

/// The weight of an unlabelled loss, which grows linearly from 0 during the first steps.
///
/// A ramp keeps the first predictions, which are no better than chance, from influencing the network.
public struct RampedWeight: Sendable, Encodable {
  /// The weight after the ramp.
  public var value: Float
  /// The number of steps over which the weight grows from 0 to ``value``, at least 1.
  public var steps: Int

  /// A weight that reaches `value` after `steps` steps.
  public init(_ value: Float, rampSteps steps: Int) { (self.value, self.steps) = (value, steps) }

  /// Throws a ``TrainingError`` unless the ramp has a step.
  func check() throws { try TrainingError.unlessPositive(steps, "steps of the ramp") }

  /// The weight in step `step`, counted from 0.
  public func callAsFunction(_ step: Int) -> Float { value * linearRamp(step, over: steps) }
}
