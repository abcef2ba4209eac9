/// The learning rate and the momentum (β₁) of each step of a training run.
public protocol Schedule: Sendable {
  /// The number of steps.
  var steps: Int { get }
  /// Returns the learning rate and the momentum of step `step`, counted from 0 and less than ``steps``.
  func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float)
}

extension Schedule {
  /// Requires that the training run has the step.
  func requireStep(_ step: Int) {
    require(
      (0..<steps).contains(step), "The schedule has the steps 0..<\(steps); found step \(step).")
  }
}

/// The one-cycle schedule (Smith 2018, arXiv:1803.09820) as implemented in fastai v1.
///
/// Over the first 30 % of the steps the learning rate rises along half a cosine from `peak`/25 to
/// `peak` while Adam's β₁ falls from 0.95 to 0.85. Over the rest the learning rate falls along half a
/// cosine towards `peak`/250,000 and β₁ returns towards 0.95. With at least four steps, the step after the last would
/// have these values.
public struct OneCycle: Schedule {
  /// The number of steps of the training run.
  public let steps: Int
  /// The maximum learning rate.
  public let peak: Float

  /// Creates a schedule of at least one step; `peak` is finite and at least 0.
  public init(steps: Int, peak: Float) {
    require(steps > 0, "A schedule needs at least one step; found \(steps).")
    require(
      peak >= 0 && peak.isFinite,
      "The maximum learning rate is a finite number of at least 0; found \(peak).")
    self.steps = steps
    self.peak = peak
  }

  /// Returns the learning rate and the momentum (β₁) of step `step`, counted from 0 and less than ``steps``.
  public func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float) {
    requireStep(step)
    let climb = Int(Double(steps) * 0.3)
    let fall = steps - climb
    // The first step has the initial values even if 30 % are less than a step.
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

/// A learning rate that grows by the same factor in each step, for a learning-rate range test (Smith
/// 2017, arXiv:1506.01186), with fastai's β₁ of 0.9.
public struct ExponentialSchedule: Schedule {
  /// The number of steps.
  public let steps: Int
  private let start: Float
  private let end: Float

  /// Creates a schedule of at least two steps from the learning rate `start`, above 0, to the larger, finite `end`.
  public init(steps: Int, from start: Float, to end: Float) {
    require(
      steps > 1 && start > 0 && end > start && end.isFinite,
      "A learning rate cannot rise from \(start) to \(end) in \(steps) steps.")
    (self.steps, self.start, self.end) = (steps, start, end)
  }

  /// Returns start·(end/start)^(step / (steps − 1)), and 0.9, for a `step` from 0 to ``steps`` − 1.
  public func callAsFunction(_ step: Int) -> (learningRate: Float, momentum: Float) {
    requireStep(step)
    return (start * .pow(end / start, Float(step) / Float(steps - 1)), 0.9)
  }
}
