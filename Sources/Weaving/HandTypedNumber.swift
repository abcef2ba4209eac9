import Foundation

/// A number in prose that a record has.
package struct HandTypedNumber: Equatable {
  package let text: String
  package let metric: String

  /// The first number in `text` that equals one of `metrics` when this is written with as many
  /// digits.
  ///
  /// Of numbers with a per cent sign two digits are enough to count, of others it takes a decimal
  /// point and three digits: 78 % and 0.778 are results, whereas 10 and 0.75 may be settings.
  package static func find(in text: String, among metrics: [String: Double]) -> HandTypedNumber? {
    for match in text.matches(of: /(\d+(?:\.(\d+))?)(\s?%)?/) {
      let (number, decimals) = (String(match.1), match.2?.count ?? 0)
      let isShare = match.3 != nil
      let digits = number.filter(\.isNumber).drop { $0 == "0" }.count
      guard isShare ? digits >= 2 : decimals > 0 && digits >= 3,
        !text[..<match.range.lowerBound].endsWithinWord
      else { continue }
      for (metric, value) in metrics.sorted(by: { $0.key < $1.key })
      where String(format: "%.\(decimals)f", isShare ? 100 * value : value) == number {
        return HandTypedNumber(text: String(match.0), metric: metric)
      }
    }
    return nil
  }
}

extension Substring {
  /// Whether what follows goes on with a name or a number, as in "1,000" or "T0.5".
  fileprivate var endsWithinWord: Bool {
    last.map { $0.isLetter || $0.isNumber || ".,_^".contains($0) } ?? false
  }
}
