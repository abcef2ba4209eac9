import Engine
import Foundation

/// The progress of a stage, formatted as a bar or as plain text.
package struct ProgressLine {
  let stage: String
  let unit: ProgressUnit
  let step: Int
  let total: Int
  let stepsPerSecond: Double?
  let secondsLeft: Double?
  let metrics: [ProgressMetric]

  package init(
    stage: String, unit: ProgressUnit, step: Int, total: Int, stepsPerSecond: Double?,
    secondsLeft: Double?, metrics: [ProgressMetric]
  ) {
    require(
      total > 0 && (0...total).contains(step), "Step \(step) is not within 0...\(total).")
    self.stage = stage
    self.unit = unit
    self.step = step
    self.total = total
    self.stepsPerSecond = stepsPerSecond
    self.secondsLeft = secondsLeft
    self.metrics = metrics
  }

  /// The line for a terminal: "train T=1  ━━━━━━──────  1200/4680  26 it/s  loss 0.312  2:14 left"
  package var bar: String {
    let filled = barCells * step / total
    let cells =
      String(repeating: "━", count: filled) + String(repeating: "─", count: barCells - filled)
    return ([stage, cells, "\(step)/\(total)"] + details).joined(separator: "  ")
  }

  /// The line for a log: "train T=1: 1200 of 4680, 26 it/s, loss 0.312, 2:14 left"
  package var plain: String {
    "\(stage): " + (["\(step) of \(total)"] + details).joined(separator: ", ")
  }

  private var details: [String] { [rate].compactMap { $0 } + metrics.map(\.text) + timeLeft }

  private var rate: String? {
    stepsPerSecond.map { stepsPerSecond in
      let rate = stepsPerSecond * unit.perStep
      return String(format: rate < 9.95 ? "%.1f" : "%.0f", rate) + " \(unit.name)/s"
    }
  }

  private var timeLeft: [String] {
    guard let secondsLeft, step < total else { return [] }
    return [clockText(secondsLeft) + " left"]
  }
}

/// The length of the bar in characters.
private let barCells = 20
