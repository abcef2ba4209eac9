import Engine

/// The weight of an unlabelled loss, which grows during the first steps as in ``linearRamp(_:over:)``.
public struct RampedWeight: Sendable, Encodable {
  /// The weight after the ramp.
  public var value: Float
  /// The number of steps over which the weight grows from 0 to ``value``, at least 1.
  public var steps: Int

  /// A weight that reaches `value` after `steps` steps.
  public init(_ value: Float, rampSteps steps: Int) { (self.value, self.steps) = (value, steps) }

  /// Checks that the weight is a finite number of at least 0 and that the ramp has a step.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    try TrainingError.unlessWeight(value, "weight of the unlabelled loss")
    try TrainingError.unlessPositive(steps, "steps of the ramp")
  }

  /// The weight in step `step`, counted from 0.
  public func callAsFunction(_ step: Int) -> Float { value * linearRamp(step, over: steps) }
}

/// The factor of the unlabelled loss at step `step`, counted from 0: it grows linearly from 0 to 1 over
/// `length` steps and then stays 1.
///
/// It limits the influence of early guesses, which are hardly better than chance.
public func linearRamp(_ step: Int, over length: Int) -> Float {
  require(length > 0, "A ramp has at least one step, not \(length).")
  return min(1, Float(step) / Float(length))
}
