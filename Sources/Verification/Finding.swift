import ChapterKit
import Files

/// The result of comparing a recorded item with its repetition.
package enum Outcome: String, Codable, Sendable, CaseIterable {
  /// All bits are equal.
  case identical
  /// The difference is smaller than a tolerance that the finding names.
  case withinTolerance = "within tolerance"
  /// The difference is larger.
  case differs
  /// There is nothing to compare with.
  case notCompared = "not compared"
}

/// A recorded item and the result of comparing it with its repetition.
package struct Finding: Codable, Equatable, Sendable {
  /// The program whose record contains the item, such as "chapter3", or "trainings".
  package var record: String
  /// The name of a metric, file or training run.
  package var item: String
  /// The result of the comparison.
  package var outcome: Outcome
  /// The tolerance, the difference, or the reason; for identical training runs the number of
  /// steps that were compared, and empty for other identical items.
  package var detail: String

  package init(_ record: String, _ item: String, _ outcome: Outcome, _ detail: String = "") {
    (self.record, self.item, self.outcome, self.detail) = (record, item, outcome, detail)
  }

  /// The finding as a line of text.
  package var line: String {
    let head = "\(padded(outcome.rawValue, to: 17)) \(record)  \(item)"
    return detail.isEmpty ? head : "\(head): \(detail)"
  }
}

/// The number of findings with each outcome: "12 identical, 1 differs".
package func summary(of findings: [Finding]) -> String {
  let counts = Outcome.allCases.compactMap { outcome in
    let count = findings.count { $0.outcome == outcome }
    return count == 0
      ? nil : "\(count) \(count > 1 && outcome == .differs ? "differ" : outcome.rawValue)"
  }
  return counts.isEmpty ? "nothing compared" : counts.joined(separator: ", ")
}

/// The paths at which two JSON values differ, with both values.
package func differences(
  _ a: JSONValue, _ b: JSONValue, at path: String = ""
) -> [(path: String, a: String, b: String)] {
  switch (a, b) {
  case (.object(let a), .object(let b)):
    Set(a.keys).union(b.keys).sorted().flatMap { key in
      differences(a[key] ?? .null, b[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
    }
  case (.array(let a), .array(let b)) where a.count == b.count:
    zip(a, b).enumerated().flatMap { index, pair in
      differences(pair.0, pair.1, at: "\(path)[\(index)]")
    }
  default: a == b ? [] : [(path, text(of: a), text(of: b))]
  }
}

/// A JSON value as it is shown to people.
private func text(of value: JSONValue) -> String {
  if case .text(let text) = value { return text }
  return (try? JSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
}
