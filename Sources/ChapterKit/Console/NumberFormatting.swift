import Foundation

/// The format of a number in tables and progress lines.
public enum NumberStyle: Sendable, Equatable {
  /// A fraction as a percentage with one decimal: "90.7 %".
  case percent
  /// A number with this many decimals; without decimals, with commas between groups of three digits.
  case decimals(Int)
  /// A duration in whole seconds: "33 s".
  case seconds

  /// A formatted number, such as "90.7 %".
  package func text(_ value: Double) -> String { digits(value) + unit }

  /// A formatted mean, such as "90.7 %", or "89.6 ± 0.4 %" with a standard deviation.
  package func text(_ metric: Metric) -> String {
    digits(metric.mean) + (metric.sd.map { " ± " + digits($0) } ?? "") + unit
  }

  /// A difference of two fractions in percentage points with its sign, such as "−2.4 points".
  package static func signedPoints(_ difference: Double) -> String {
    signedNumberOfPoints(difference) + " points"
  }

  /// A difference of two fractions in percentage points, such as "2.4 points", with a sign only below 0.
  package static func points(_ difference: Double) -> String {
    signedPoints(difference).replacing("+", with: "")
  }

  /// A difference of two fractions in percentage points with its sign and without the unit, such as "−2.4"; "0.0"
  /// without a sign where it rounds to 0.
  public static func signedNumberOfPoints(_ difference: Double) -> String {
    let text = String(format: "%+.1f", 100 * difference)
    return ["+0.0", "-0.0"].contains(text) ? "0.0" : text.replacing("-", with: "−")
  }

  private func digits(_ value: Double) -> String {
    switch self {
    case .percent: String(format: "%.1f", value * 100)
    case .decimals(0), .seconds: countText(value)
    case .decimals(let count): String(format: "%.\(count)f", value)
    }
  }

  private var unit: String {
    switch self {
    case .percent: " %"
    case .decimals: ""
    case .seconds: " s"
    }
  }
}

/// A whole number with commas between groups of three digits: "24,000".
public func countText(_ number: some BinaryInteger) -> String { countText(Double(number)) }

/// `value`, rounded to a whole number, with commas between groups of three digits.
private func countText(_ value: Double) -> String {
  value.formatted(.number.precision(.fractionLength(0)).locale(Locale(identifier: "en_GB")))
}

/// A duration in readable units: "4.2 s", "231 s", "45 min", "8 h 05 min", "3 d 21 h".
package func durationText(_ seconds: Double) -> String {
  // Limits the value so that the conversion to Int cannot overflow.
  let seconds = seconds.isFinite ? min(max(seconds, 0), 1e10) : 0
  if seconds < 9.95 { return String(format: "%.1f s", seconds) }
  if seconds < 599.5 { return String(format: "%.0f s", seconds) }
  let minutes = Int((seconds / 60).rounded())
  if minutes < 60 { return "\(minutes) min" }
  if minutes >= 48 * 60 { return dayText(hours: Int((seconds / 3600).rounded())) }
  return "\(minutes / 60) h " + String(format: "%02d min", minutes % 60)
}

/// A duration as minutes and seconds, "0:09", or hours, "1:02:03"; above two days as "3 d 21 h".
func clockText(_ seconds: Double) -> String {
  // A rate near zero gives a time that would overflow Int.
  let whole = Int(seconds.isFinite ? min(max(seconds.rounded(), 0), 365 * 86400) : 0)
  let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
  if hours >= 48 { return dayText(hours: hours) }
  return hours > 0
    ? "\(hours):" + String(format: "%02d:%02d", minutes, rest)
    : "\(minutes):" + String(format: "%02d", rest)
}

/// Days and hours: "3 d 21 h".
private func dayText(hours: Int) -> String { "\(hours / 24) d \(hours % 24) h" }
