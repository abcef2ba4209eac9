/// The one-cycle schedule (Smith 2018, arXiv:1803.09820) as fastai v1 has it.
///
/// Over the first 30 % of the steps the learning rate climbs by half a cosine from `peak`/25 to
/// `peak` while Adam's β₁ falls from 0.95 to 0.85; over the rest it falls by half a cosine to
/// `peak`/250,000 and β₁ goes back.
public struct OneCycle: Sendable {
  /// The number of steps in the whole training.
  public let steps: Int
  /// The highest learning rate.
  public let peak: Float

  /// A schedule of at least one step.
  public init(steps: Int, peak: Float) {
    require(steps > 0, "A schedule has at least one step, not \(steps).")
    self.steps = steps
    self.peak = peak
  }

  /// The learning rate and the momentum (β₁) of step `step`, counted from 0.
  public func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float) {
    let climb = Int(Double(steps) * 0.3)
    let fall = steps - climb
    // The first step has the start values even where 30 % are less than a step.
    let turn = max(1, climb)
    if step < turn {
      let progress = Double(step) / Double(turn)
      return (
        cosine(from: peak / 25, to: peak, progress), cosine(from: 0.95, to: 0.85, progress)
      )
    }
    let progress = Double(step - turn) / Double(fall)
    return (
      cosine(from: peak, to: peak / 250_000, progress), cosine(from: 0.85, to: 0.95, progress)
    )
  }

  private func cosine(from start: Float, to end: Float, _ progress: Double) -> Float {
    Float(Double(end) + Double(start - end) / 2 * (.cos(.pi * progress) + 1))
  }
}
