import ChapterKit
import Foundation

// Prose is Pandoc's Markdown with a few signs of our own, each a paragraph or a few characters:
//
//     ![Caption](tsne-T1.png "alternative text")         a figure, or a table (results.md)
//     [[Sources/MixMatch/Sharpening.swift: sharpen]]     a definition from a library
//     Deviation: …                                       what differs from the article, collected
//     ## Running it {.fold}                              code below is folded away
//     {chapter3.accuracy.T1 %}   {chapter3.tsne.kl .3}   a number of a record, with its digits
//     [90.7 %]{.article}                                 a number that is not ours
//     [^1]                                               a reference

extension Weaver {
  /// Weaves a block of prose.
  mutating func weave(prose: [LiterateSource.Line], at place: inout WeaveContext) throws -> String {
    var parts: [String] = []
    for paragraph in paragraphs(prose) {
      parts.append(try weave(paragraph: paragraph, at: &place))
    }
    return parts.joined(separator: "\n\n")
  }

  private mutating func weave(
    paragraph: [LiterateSource.Line], at place: inout WeaveContext
  ) throws -> String {
    let first = paragraph[0]
    let whole = paragraph.map(\.text).joined(separator: "\n")
    if first.isFence || first.text.hasPrefix("    ") { return whole }
    if first.text.hasPrefix("#") { return heading(whole, at: &place) }
    if whole.hasPrefix("![") { return try figure(paragraph, at: &place) }
    if whole.hasPrefix("[[") { return try definition(paragraph, at: place) }
    let text = try inline(paragraph, at: place)
    guard let deviation = text.wholeMatch(of: /Deviation: ([^\0]*)/)?.1 else { return text }
    let oneLine = deviation.replacing("\n", with: " ")
    deviations.append((chapter: place.title, text: String(oneLine)))
    return "::: {#deviation-\(deviations.count) .deviation}\n**Deviation:** \(deviation)\n:::"
  }

  /// A heading with an anchor that says in which chapter it is.
  private func heading(_ text: String, at place: inout WeaveContext) -> String {
    let depth = text.prefix { $0 == "#" }.count
    var title = text.dropFirst(depth).trimmingCharacters(in: .whitespaces)
    let isFolded = title.hasSuffix("{.fold}")
    if isFolded {
      title = title.dropLast("{.fold}".count).trimmingCharacters(in: .whitespaces)
    }
    if depth <= place.foldedBelow ?? 0 { place.foldedBelow = nil }
    if isFolded { place.foldedBelow = depth }
    if depth == 1 { place.title = title }
    let anchor = depth == 1 ? place.anchor : "\(place.anchor)-\(anchorPart(title))"
    let heading = "\(text.prefix(depth)) \(title) {#\(anchor)}"
    guard depth == 1, let program = place.program else { return heading }
    return heading + stateOfRun(program)
  }

  /// Below a chapter's title, where its results mean nothing or are not there.
  private func stateOfRun(_ program: String) -> String {
    guard let found = results.shown(program) else {
      return "\n\n::: {.notice}\n\(notRun(program))\n:::"
    }
    return found.record.warning.map { "\n\n\(banner($0))" } ?? ""
  }

  func banner(_ warning: String) -> String {
    "::: {.banner role=\"note\"}\n**\(warning)** · these numbers and pictures mean nothing\n:::"
  }

  // MARK: Within a paragraph

  /// Numbers and references in place of their signs, outside of code and formulas.
  mutating func inline(
    _ paragraph: [LiterateSource.Line], at place: WeaveContext
  ) throws -> String {
    var woven: [String] = []
    var isFormula = false
    for line in paragraph {
      var parts: [String] = []
      // Code, formulas and numbers that are not ours stay as they are.
      for piece in pieces(line.text) {
        if piece == "$$" { isFormula.toggle() }
        let isVerbatim = isFormula || piece.hasPrefix("`") || piece.hasPrefix("$") || piece.isQuoted
        parts.append(isVerbatim ? piece : try text(piece, in: line, at: place))
      }
      woven.append(parts.joined())
    }
    return woven.joined(separator: "\n")
  }

  private mutating func text(
    _ text: String, in line: LiterateSource.Line, at place: WeaveContext
  ) throws -> String {
    func failure(_ message: String) -> Failure {
      Failure("\(place.path):\(line.number): \(message)")
    }
    if let typed = typedByHand(in: text, kept: true) { throw failure(typed) }
    // A reader's own run may coincide with what the article has; that must not stop them.
    if let typed = typedByHand(in: text, kept: false) {
      notes.append(failure(typed).description)
    }
    var woven = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: /\{([a-z][a-z0-9]*)\.([^{}]+)\}|\[\^(\w+)\]/) {
      woven += rest[..<match.range.lowerBound]
      if let key = match.3 {
        guard let link = references.link(String(key)) else {
          throw failure(
            "found the reference [^\(key)], expected one that article/references.md has")
        }
        woven += link
      } else {
        do {
          woven += try number(String(match.2!), of: String(match.1!))
        } catch {
          throw failure(oneLine(error))
        }
      }
      rest = rest[match.range.upperBound...]
    }
    return woven + rest
  }

  /// What to say of a number in `text` that a record has, one in the repository or one in OUT.
  private func typedByHand(in text: String, kept: Bool) -> String? {
    for found in results.meaningful(kept: kept) {
      let metrics = found.record.metrics.mapValues(\.mean)
      guard let typed = HandTypedNumber.find(in: text, among: metrics) else { continue }
      return "found \(typed.text) typed by hand, which a record has, expected "
        + "{\(found.program).\(typed.metric) …}; a number that is not ours is written "
        + "[\(typed.text)]{.article}"
    }
    return nil
  }

  /// A number of a record: "accuracy.T1 %" or "tsne.kl .3".
  private mutating func number(_ text: String, of program: String) throws -> String {
    guard results.hasChapter(program) else {
      throw Failure(
        "found {\(program).\(text)}, expected one of \(results.programs.joined(separator: ", "))")
    }
    guard let match = text.wholeMatch(of: /(.+) (?:%|\.(\d))/) else {
      throw Failure(
        "found {\(program).\(text)}, expected also how to write it: {\(program).\(text) %} or "
          + "{\(program).\(text) .3}")
    }
    let style = match.2.map { NumberStyle.decimals(Int($0)!) } ?? .percent
    let name = String(match.1)
    let known = results.metrics(program)
    guard known.isEmpty || known.contains(name) else {
      throw Failure(
        "found the number \(name) of \(program), expected one of "
          + known.sorted().joined(separator: ", "))
    }
    guard let found = results.shown(program), let metric = found.record.metrics[name] else {
      missing += 1
      return notRun(program)
    }
    let count = metric.n > 1 ? " (n = \(metric.n))" : ""
    let digits = style.text(metric) + count
    let written = digits.replacing(" ", with: "\u{A0}")
    let attributes = "title=\"\(found.record.stamp.replacing("\"", with: ""))\""
    return found.record.warning.map { "[\($0): \(written)]{.measured .warning \(attributes)}" }
      ?? "[\(written)]{.measured \(attributes)}"
  }
}

/// Paragraphs as Markdown has them; a block of code is one.
private func paragraphs(_ lines: [LiterateSource.Line]) -> [[LiterateSource.Line]] {
  var paragraphs: [[LiterateSource.Line]] = []
  var current: [LiterateSource.Line] = []
  var isFenced = false
  for line in lines {
    if line.isFence { isFenced.toggle() }
    if line.isBlank && !isFenced {
      if !current.isEmpty { paragraphs.append(current) }
      current = []
    } else {
      current.append(line)
    }
  }
  return current.isEmpty ? paragraphs : paragraphs + [current]
}

/// A line cut at code, formulas, and what is marked as the article's.
private func pieces(_ line: String) -> [String] {
  var pieces: [String] = []
  var rest = line[...]
  while let match = rest.firstMatch(of: /`[^`]*`|\$\$|\$[^$]+\$|\[[^\[\]]*\]\{\.article\}/) {
    pieces += [String(rest[..<match.range.lowerBound]), String(match.0)]
    rest = rest[match.range.upperBound...]
  }
  return pieces + [String(rest)]
}

extension String {
  fileprivate var isQuoted: Bool { hasSuffix("]{.article}") }
}

/// What an anchor is made of: letters and digits, hyphens between words.
func anchorPart(_ title: String) -> String {
  title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
}
