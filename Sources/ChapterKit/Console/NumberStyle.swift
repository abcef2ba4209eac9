import Foundation

/// The format of a number in tables and progress lines.
public enum NumberStyle: Sendable, Equatable {
  /// A fraction as a percentage with one decimal: "90.7 %".
  case percent
  /// A number with this many decimals.
  case decimals(Int)

  /// A formatted number, such as "90.7 %".
  package func text(_ value: Double) -> String { digits(value) + unit }

  /// A formatted mean, such as "90.7 %", or "89.6 ± 0.4 %" with a standard deviation.
  package func text(_ metric: Metric) -> String {
    digits(metric.mean) + (metric.sd.map { " ± " + digits($0) } ?? "") + unit
  }

  private func digits(_ value: Double) -> String {
    switch self {
    case .percent: String(format: "%.1f", value * 100)
    case .decimals(let count): String(format: "%.\(count)f", value)
    }
  }

  private var unit: String { self == .percent ? " %" : "" }
}
