import Engine

/// Tells how far a stage has come: a bar on a terminal, otherwise a plain line now and then.
///
///     progress.update(step, of: steps, [.loss(loss), .accuracy(accuracy)])
public final class StageProgress {
  let stopwatch: Stopwatch
  private let stage: String
  private let unit: ProgressUnit
  private let checkpointFiles: CheckpointFiles
  private let environment: RunEnvironment
  private var console: Console { environment.console }
  private var recentPace = RateEstimate(halfLife: 15)
  /// Time left is told by a longer memory, in which pauses for validation have their share.
  private var lastingPace = RateEstimate(halfLife: 900)
  private var readings: [ProgressMetric] = []
  private var lastShown: Double?
  private var hasCheckpoints = false

  init(
    stage: String, unit: ProgressUnit, checkpointFiles: CheckpointFiles,
    in environment: RunEnvironment
  ) {
    (self.stage, self.unit) = (stage, unit)
    self.checkpointFiles = checkpointFiles
    self.environment = environment
    stopwatch = Stopwatch(environment.clock)
  }

  /// Checkpoints of a stage that consists of so many steps, and of what it carries from step to
  /// step, in parts with names; a stage has them once.
  public func checkpoints(
    _ steps: Int, of parts: KeyValuePairs<String, any Resumable>
  ) -> Checkpoints {
    require(!hasCheckpoints, "The stage \(stage) has checkpoints already.")
    hasCheckpoints = true
    return Checkpoints(
      checkpointFiles, stopwatch: stopwatch, steps: steps,
      state: parts.flatMap { $0.value.state(under: $0.key) }, in: environment)
  }

  /// Says that `step` of `total` steps are done, and what was measured last.
  ///
  /// A reading stays on display until one with the same label replaces it. Where steps differ in what
  /// they cost, `workDone` is the share of all work that these are; the time left is told by it.
  public func update(
    _ step: Int, of total: Int, _ readings: [ProgressMetric], workDone: Double? = nil
  ) {
    let now = environment.clock()
    let workDone = workDone ?? Double(step) / Double(total)
    recentPace.update(Double(step), at: now)
    lastingPace.update(workDone, at: now)
    for reading in readings { keep(reading) }
    let interval = console.isTerminal ? barInterval : lineInterval
    let isDue = lastShown.map { now - $0 >= interval } ?? true
    guard isDue || step == total else { return }
    lastShown = now
    show(
      ProgressLine(
        stage: stage, unit: unit, step: step, total: total,
        stepsPerSecond: recentPace.perSecond,
        secondsLeft: lastingPace.perSecond.map { (1 - workDone) / $0 },
        readings: self.readings))
  }

  /// What was measured last, as a clause to close the stage's line with.
  var closing: String { readings.map { ", " + $0.text }.joined() }

  private func keep(_ reading: ProgressMetric) {
    if let index = readings.firstIndex(where: { $0.label == reading.label }) {
      readings[index] = reading
    } else {
      readings.append(reading)
    }
  }

  private func show(_ line: ProgressLine) {
    if console.isTerminal {
      console.showBar(line.bar)
    } else {
      console.note(line.plain)
    }
  }
}

/// Seconds between two drawings of the bar, and between two plain lines.
private let barInterval = 0.2
private let lineInterval = 30.0

/// What a stage counts: its steps, or what it handles in each of them.
public struct ProgressUnit: Sendable {
  let name: String
  let perStep: Double

  /// Counts the steps themselves, shown as "it/s".
  public static let iterations = ProgressUnit(name: "it", perStep: 1)

  /// Counts images, so many in each step.
  public static func images(perStep: Int) -> ProgressUnit {
    ProgressUnit(name: "images", perStep: Double(perStep))
  }
}

/// A quantity to watch while a stage runs.
public struct ProgressMetric: Sendable {
  let label: String
  private let value: Double
  private let style: NumberStyle

  /// A quantity under its own name.
  public init(_ label: String, _ value: some BinaryFloatingPoint, as style: NumberStyle) {
    self.label = label
    self.value = Double(value)
    self.style = style
  }

  /// The loss of a batch.
  public static func loss(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("loss", value, as: .decimals(3))
  }

  /// A fraction of right answers, from 0 to 1.
  public static func accuracy(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("accuracy", value, as: .percent)
  }

  /// A Kullback–Leibler divergence.
  public static func divergence(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("KL", value, as: .decimals(3))
  }

  var text: String { "\(label) \(style.text(value))" }
}

/// The pace of late: what was done, in steps or as a share of the work, and seconds, both fading with
/// age.
///
/// The first count seen is only where counting starts, so that a stage that resumes at step 500 does
/// not claim 500 steps in no time.
package struct RateEstimate {
  private let halfLife: Double
  private var last: (count: Double, time: Double)?
  private var counted = 0.0
  private var seconds = 0.0

  /// A measurement counts half after `halfLife` seconds.
  package init(halfLife: Double) { self.halfLife = halfLife }

  package mutating func update(_ count: Double, at time: Double) {
    defer { last = (count, time) }
    guard let last, time > last.time else { return }
    let fade = Double.pow(0.5, (time - last.time) / halfLife)
    counted = counted * fade + (count - last.count)
    seconds = seconds * fade + (time - last.time)
  }

  /// `nil` until two counts were seen.
  package var perSecond: Double? { seconds > 0 && counted > 0 ? counted / seconds : nil }
}
