import Foundation

/// How a number is written for people.
public enum NumberStyle: Sendable, Equatable {
  /// A fraction of 1 as per cent with one decimal: "90.7 %".
  case percent
  /// With so many decimals.
  case decimals(Int)

  /// "90.7 %".
  package func text(_ value: Double) -> String { digits(value) + unit }

  /// "90.7 %", or "89.6 ± 0.4 %" where there is a deviation.
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
