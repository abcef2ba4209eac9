import Engine

/// The factor of the unlabelled loss at step `step`, counted from 0: it grows linearly from 0 to 1 over
/// `length` steps and then stays 1.
///
/// It keeps the first guesses, which are no better than chance, from influencing the network.
public func linearRamp(_ step: Int, over length: Int) -> Float {
  require(length > 0, "A ramp has at least one step, not \(length).")
  return min(1, Float(step) / Float(length))
}
