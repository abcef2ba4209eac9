import Engine

/// A progress display of a stage: a bar on a terminal, otherwise a plain line every 30 seconds.
///
///     progress.update(step, of: steps, [.loss(loss), .accuracy(accuracy)])
public final class StageProgress {
  let stopwatch: Stopwatch
  private let stage: String
  private let unit: ProgressUnit
  private let checkpointFiles: CheckpointFiles?
  private let environment: RunEnvironment
  private var console: Console { environment.console }
  private var recentRate = RateEstimate(halfLife: 15)
  /// Remaining time uses a longer averaging window, which includes the pauses for evaluation.
  private var longTermRate = RateEstimate(halfLife: 900)
  private var metrics: [ProgressMetric] = []
  private var lastShown: Double?
  private var hasCheckpoints = false
  private let exchangedBefore: ExchangeTotals?
  private var firstStep: Int?

  /// The display of a stage with checkpoints, or of other work, which has none.
  init(
    stage: String, unit: ProgressUnit, checkpointFiles: CheckpointFiles?,
    in environment: RunEnvironment
  ) {
    (self.stage, self.unit) = (stage, unit)
    self.checkpointFiles = checkpointFiles
    self.environment = environment
    stopwatch = Stopwatch(in: environment)
    exchangedBefore = environment.processes?.communicator.exchanged
  }

  /// The data exchange of the processes since the stage was started or resumed; nil for one process.
  var exchange: ExchangeRecord? {
    guard let communicator = environment.processes?.communicator, let exchangedBefore else {
      return nil
    }
    let totals = communicator.exchanged - exchangedBefore
    return ExchangeRecord(
      processes: communicator.count, bytes: totals.bytes,
      seconds: roundedToMilliseconds(totals.seconds))
  }

  /// The exchange in a form for the display.
  private func exchangeMetrics(after step: Int) -> [ProgressMetric] {
    guard let exchange, let firstStep, step > firstStep else { return [] }
    let seconds = stopwatch.seconds - stopwatch.earlierSeconds
    return [
      ProgressMetric(
        "MB exchanged per step", Double(exchange.bytes) / 1e6 / Double(step - firstStep),
        as: .decimals(2)),
      ProgressMetric("share of the time", exchange.seconds / seconds, as: .percent),
    ]
  }

  /// The checkpoints of a stage of `steps` steps; to be called once in a stage.
  ///
  /// - Parameters:
  ///   - steps: The number of steps in all.
  ///   - parts: Everything that changes from step to step, under distinct names other than "checkpoint".
  ///   - description: A description of the parts, for programs that read a checkpoint without the stage.
  public func checkpoints(
    _ steps: Int, of parts: KeyValuePairs<String, any Resumable>,
    describedBy description: (any Encodable)? = nil
  ) -> Checkpoints {
    guard let checkpointFiles else {
      fatalError("\(stage) is not a stage, and cannot have checkpoints.")
    }
    require(!hasCheckpoints, "The stage \(stage) has checkpoints already.")
    hasCheckpoints = true
    return Checkpoints(
      checkpointFiles, stopwatch: stopwatch, steps: steps,
      state: parts.flatMap { $0.value.state(under: $0.key) }, description: description,
      in: environment)
  }

  /// Whether anything has been displayed.
  var isShown: Bool { lastShown != nil }

  /// Updates the display after `step` of `total` steps.
  ///
  /// - Parameters:
  ///   - step: The number of steps that are done.
  ///   - total: The number of steps in all.
  ///   - metrics: The latest values; each stays on display until one with the same label replaces it.
  ///   - workDone: The fraction of the computing time that is over, for the remaining time, if steps
  ///     differ in cost; `step / total` when nil.
  public func update(
    _ step: Int, of total: Int, _ metrics: [ProgressMetric], workDone: Double? = nil
  ) {
    let now = environment.clock()
    let workDone = workDone ?? Double(step) / Double(total)
    recentRate.update(Double(step), at: now)
    longTermRate.update(workDone, at: now)
    firstStep = firstStep ?? step - 1
    for metric in metrics { setMetric(metric) }
    let interval = console.isTerminal ? barInterval : lineInterval
    let isDue = lastShown.map { now - $0 >= interval } ?? true
    guard isDue || step == total else { return }
    lastShown = now
    for metric in exchangeMetrics(after: step) { setMetric(metric) }
    show(
      ProgressLine(
        stage: stage, unit: unit, step: step, total: total,
        stepsPerSecond: recentRate.perSecond,
        secondsLeft: longTermRate.perSecond.map { (1 - workDone) / $0 },
        metrics: self.metrics))
  }

  /// The latest values, to append to the stage's last line: ", loss 0.312".
  var metricsSuffix: String { metrics.map { ", " + $0.text }.joined() }

  private func setMetric(_ metric: ProgressMetric) {
    if let index = metrics.firstIndex(where: { $0.label == metric.label }) {
      metrics[index] = metric
    } else {
      metrics.append(metric)
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

/// Seconds between two updates of the bar.
private let barInterval = 0.2
/// Seconds between two plain lines.
private let lineInterval = 30.0

/// The unit of a stage's speed: steps, or images.
public struct ProgressUnit: Sendable {
  let name: String
  let perStep: Double

  /// Steps, shown as "it/s".
  public static let iterations = ProgressUnit(name: "it", perStep: 1)

  /// Images, `perStep` in each step.
  public static func images(perStep: Int) -> ProgressUnit {
    ProgressUnit(name: "images", perStep: Double(perStep))
  }

  /// Picture files, `perStep` in each step.
  public static func pictures(perStep: Int) -> ProgressUnit {
    ProgressUnit(name: "pictures", perStep: Double(perStep))
  }
}

/// A value shown in the progress of a stage, such as the loss.
public struct ProgressMetric: Sendable {
  let label: String
  private let value: Double
  private let style: NumberStyle

  /// A value with a label and a format.
  public init(_ label: String, _ value: some BinaryFloatingPoint, as style: NumberStyle) {
    self.label = label
    self.value = Double(value)
    self.style = style
  }

  /// The loss of a step.
  public static func loss(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("loss", value, as: .decimals(3))
  }

  /// An accuracy, from 0 to 1.
  public static func accuracy(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("accuracy", value, as: .percent)
  }

  /// A Kullback–Leibler divergence.
  public static func divergence(_ value: some BinaryFloatingPoint) -> ProgressMetric {
    ProgressMetric("KL", value, as: .decimals(3))
  }

  var text: String { "\(label) \(style.text(value))" }
}

/// An exponentially weighted estimate of a rate, in counts per second.
///
/// The first update only sets the starting point, so that a stage that resumes at step 500 does not
/// count 500 steps in no time.
package struct RateEstimate {
  private let halfLife: Double
  private var last: (count: Double, time: Double)?
  private var counted = 0.0
  private var seconds = 0.0

  /// An estimate in which a measurement has half its weight after `halfLife` seconds.
  package init(halfLife: Double) { self.halfLife = halfLife }

  /// Adds the total `count` at `time`, in seconds.
  package mutating func update(_ count: Double, at time: Double) {
    defer { last = (count, time) }
    guard let last, time > last.time else { return }
    let fade = Double.pow(0.5, (time - last.time) / halfLife)
    counted = counted * fade + (count - last.count)
    seconds = seconds * fade + (time - last.time)
  }

  /// Counts per second; nil before the second update.
  package var perSecond: Double? { seconds > 0 && counted > 0 ? counted / seconds : nil }
}
