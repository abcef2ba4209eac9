import Engine

/// The weight of the unlabelled loss at step `step`, counted from 0: it grows linearly from 0 to 1
/// over `length` steps and stays there, so that the first guesses, which know nothing, count for
/// nothing.
public func linearRamp(_ step: Int, over length: Int) -> Float {
  require(length > 0, "A ramp has at least one step, not \(length).")
  return min(1, Float(step) / Float(length))
}
