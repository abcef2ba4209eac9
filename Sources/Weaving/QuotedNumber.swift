import ChapterKit

/// A number in prose that is quoted from a record, or computed from its metrics.
struct QuotedNumber {
  /// The way in which the number follows from metrics.
  private enum Kind {
    case metric(String), points(String), difference(String, String), quotient(String, String)
    case excess(String, String)
    case first(String), lowest(String), highest(String), seeds
  }

  private let kind: Kind
  private let style: NumberStyle

  /// Parses the text of a placeholder after the program's name, such as "accuracy.T1 %".
  ///
  /// - Throws: A ``Failure`` that states what was found and what was expected.
  init(_ text: String, of program: String) throws {
    if text == "seeds" {
      (kind, style) = (.seeds, .decimals(0))
      return
    }
    guard let match = text.wholeMatch(of: /(.+) (?:%|\.([0-9])|(points))/) else {
      throw Failure(
        "found {\(program).\(text)}, expected a format after the name: {\(program).\(text) %} or "
          + "{\(program).\(text) .3}")
    }
    style = match.2.map { NumberStyle.decimals(Int($0)!) } ?? .percent
    let words = match.1.split(separator: " ").map(String.init)
    switch (words.count, words.count > 1 ? words[1] : "") {
    case (3, "-") where match.3 != nil: kind = .difference(words[0], words[2])
    case (3, ">") where match.3 != nil: kind = .excess(words[0], words[2])
    case (3, "/") where match.3 == nil: kind = .quotient(words[0], words[2])
    case (2, "first"): kind = .first(words[0])
    case (2, "lowest"): kind = .lowest(words[0])
    case (2, "highest"): kind = .highest(words[0])
    case (1, _): kind = match.3 == nil ? .metric(words[0]) : .points(words[0])
    default:
      throw Failure(
        "found {\(program).\(text)}, expected NAME, NAME first, NAME lowest, NAME highest, NAME / NAME, "
          + "NAME - NAME or NAME > NAME, the last two always and NAME where it is a difference with the format "
          + "points"
      )
    }
  }

  /// The metrics that the number needs.
  var metrics: [String] {
    switch kind {
    case .metric(let name), .points(let name), .first(let name), .lowest(let name),
      .highest(let name):
      [name]
    case .difference(let a, let b), .excess(let a, let b), .quotient(let a, let b): [a, b]
    case .seeds: []
    }
  }

  /// The number in a record, as the page shows it; nil if the record does not have its metrics, or does not name the
  /// value of the first seed, which the number is.
  func text(in record: RunRecord) -> String? {
    let found = metrics.compactMap { record.metrics[$0] }
    guard found.count == metrics.count else { return nil }
    func withSeeds(_ text: String) -> String {
      found[0].n > 1 ? "\(text) (n = \(found[0].n))" : text
    }
    return switch kind {
    case .metric: withSeeds(style.text(found[0]))
    case .points: withSeeds(NumberStyle.signedPoints(found[0].mean))
    case .difference:
      NumberStyle.signedPoints(found[0].mean - found[1].mean)
    case .excess: NumberStyle.points(found[0].mean - found[1].mean)
    case .quotient: style.text(found[0].mean / found[1].mean)
    case .first:
      record.seeds.first.flatMap { record.metric(metrics[0])?.valuesBySeed?[$0] }
        .map { style.text($0) }
    case .lowest: style.text(found[0].values?.min() ?? found[0].mean)
    case .highest: style.text(found[0].values?.max() ?? found[0].mean)
    case .seeds: "\(record.seeds.count)"
    }
  }
}
