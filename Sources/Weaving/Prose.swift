import ChapterKit
import Foundation

// Prose is Pandoc's Markdown with a few extensions:
//
//     ![Caption](tsne-T1.png "alternative text")         a figure, or a table (results.md)
//     [[Sources/MixMatch/Sharpening.swift: sharpen]]     a definition from a library
//     ![Caption](method:mixmatch.svg "text")             a figure of another program
//     Departure: …                                       a departure from the article, also listed at the end
//     ## Running it {.fold}                              all code below is folded away
//     {.fold}                                            the next code is folded away
//     {chapter3.accuracy.T1 %}   {chapter3.tsne.kl .3}   a metric of a record, with its format
//     {ablations.difference.no-mixup points}             a metric that is a difference, in percentage points
//     {chapter5.accuracy.a - accuracy.b points}          a difference of two metrics in percentage points, with sign
//     {chapter5.accuracy.a > accuracy.b points}          the same without "+", where the sentence says that it is positive
//     {chapter5.cpuSeconds.a / cpuSeconds.b .1}          a quotient of two metrics
//     {chapter5.accuracy.a lowest %}                     the lowest (highest) value of a seed, or that of the first
//     {chapter3.seeds}                                   the number of seeds of a record
//     [[try sharpening: chapter3-sharpening T1]]         a control to try something on the page
//     [90.7 %]{.article}                                 a number of the original article or a paper
//     [^1]                                               a reference

extension Weaver {
  /// Converts a block of prose into Pandoc's Markdown.
  mutating func weave(prose: [LiterateSource.Line], at context: inout WeaveContext) throws -> String
  {
    var parts: [String] = []
    for paragraph in paragraphs(prose) {
      parts.append(try weave(paragraph: paragraph, at: &context))
    }
    return parts.joined(separator: "\n\n")
  }

  private mutating func weave(
    paragraph: [LiterateSource.Line], at context: inout WeaveContext
  ) throws -> String {
    let first = paragraph[0]
    let whole = paragraph.map(\.text).joined(separator: "\n")
    if first.isFence || first.text.hasPrefix("    ") { return whole }
    if first.text.hasPrefix("#") { return heading(whole, at: &context) }
    if whole.hasPrefix("![") { return try figure(paragraph, at: &context) }
    if whole.hasPrefix("[[try ") { return try control(paragraph, at: context) }
    if whole.hasPrefix("[[") { return try definition(paragraph, at: context) }
    if whole == "{.fold}" {
      context.foldsNext = true
      return ""
    }
    let text = try items(paragraph).map { try complete($0, at: context) }.joined(separator: "\n")
    let mark = "Departure: "
    guard whole.hasPrefix(mark) else { return text }
    // A notice may have taken the place of the paragraph.
    let departure = text.hasPrefix(mark) ? text.dropFirst(mark.count) : text[...]
    let oneLine = departure.replacing("\n", with: " ")
    let section = [context.title, context.section].filter { !$0.isEmpty }.joined(separator: " · ")
    departures.append((section: section, text: String(oneLine)))
    return "::: {#departure-\(departures.count) .departure}\n"
      + "**Departure:** \(departure)\n:::"
  }

  /// Converts a heading, and adds an anchor that contains the chapter.
  private func heading(_ text: String, at context: inout WeaveContext) -> String {
    let depth = text.prefix { $0 == "#" }.count
    var title = text.dropFirst(depth).trimmingCharacters(in: .whitespaces)
    let isFolded = title.hasSuffix("{.fold}")
    if isFolded {
      title = title.dropLast("{.fold}".count).trimmingCharacters(in: .whitespaces)
    }
    if depth <= context.foldedBelow ?? 0 { context.foldedBelow = nil }
    if isFolded { context.foldedBelow = depth }
    if depth == 1 {
      (context.title, context.section) = (title, "")
    } else {
      context.section = title
    }
    let anchor = depth == 1 ? context.anchor : "\(context.anchor)-\(anchorPart(title))"
    let heading = "\(text.prefix(depth)) \(title) {#\(anchor)}"
    guard depth == 1, let program = context.program else { return heading }
    return heading + stateOfRun(program)
  }

  /// Returns the notice below a chapter's title if its results are missing or not meaningful.
  private func stateOfRun(_ program: String) -> String {
    guard let result = results.shown(program) else {
      return "\n\n::: {.notice}\n\(notRun(program))\n:::"
    }
    return result.record.warning.map { "\n\n\(banner($0))" } ?? ""
  }

  /// Returns a banner that warns of results that are not meaningful.
  func banner(_ warning: String) -> String {
    "::: {.banner role=\"note\"}\n**\(verbatim(warning))** · these numbers and pictures mean nothing\n:::"
  }

  // MARK: Within a paragraph

  /// Converts a paragraph or an item of a list. If a number in it is missing, a notice takes its place, because
  /// its sentences would say nothing without the number; the cells of a table stay.
  private mutating func complete(
    _ paragraph: [LiterateSource.Line], at context: WeaveContext
  ) throws -> String {
    missingPrograms = []
    let text = try inline(paragraph, at: context)
    guard !missingPrograms.isEmpty, !text.hasPrefix("|") else { return text }
    let commands = missingPrograms.sorted().map { "`make \($0)`" }.joined(separator: ", ")
    return (text.hasPrefix("- ") ? "- " : "")
      + "[This result is not recorded yet: \(commands)]{.missing}"
  }

  /// Replaces the placeholders of numbers and references, and escapes brackets without a partner, outside of code and
  /// formulas.
  mutating func inline(
    _ paragraph: [LiterateSource.Line], at context: WeaveContext
  ) throws -> String {
    var woven: [String] = []
    var isFormula = false
    for line in paragraph {
      var parts: [String] = []
      // Code, formulas and numbers of other authors stay unchanged.
      for piece in pieces(line.text) {
        if piece == "$$" { isFormula.toggle() }
        let isVerbatim = isFormula || piece.hasPrefix("`") || piece.hasPrefix("$") || piece.isQuoted
        parts.append(isVerbatim ? piece : try text(piece, in: line, at: context))
      }
      woven.append(parts.joined())
    }
    return escapingUnpairedBrackets(woven.joined(separator: "\n"))
  }

  /// Replaces the placeholders in a part of a line.
  private mutating func text(
    _ text: String, in line: LiterateSource.Line, at context: WeaveContext
  ) throws -> String {
    func failure(_ message: String) -> Failure { context.failure(message, at: line) }
    if let typed = typedByHand(in: text, kept: true) { throw failure(typed) }
    // A number of the user's own run may coincide with one in the article; that is not an error.
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
            "found the reference [^\(key)], expected an entry of article/references.md")
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
    if let open = rest.firstMatch(of: /\{[a-z][a-z0-9]*\.[^{}]*$/) {
      throw failure(
        "found \(open.0) at the end of the line, expected the whole of a number in one line")
    }
    return woven + rest
  }

  /// Returns the error for a typed number that equals a metric of a record in the repository or in OUT; nil
  /// if there is none.
  private func typedByHand(in text: String, kept: Bool) -> String? {
    for result in results.meaningful(kept: kept) {
      let metrics = result.record.metrics.mapValues(\.mean)
      guard let typed = HandTypedNumber.find(in: text, among: metrics) else { continue }
      return "found \(typed.text) typed by hand, the value of a metric, expected "
        + "{\(result.record.chapter.program).\(typed.metric) …}; write a number of another author as "
        + "[\(typed.text)]{.article}"
    }
    return nil
  }

  /// Returns a metric of a record, or a number computed from metrics, in the given format: "accuracy.T1 %",
  /// "tsne.kl .3", "accuracy.a - accuracy.b points".
  private mutating func number(_ text: String, of program: String) throws -> String {
    guard results.hasChapter(program) else {
      throw Failure(
        "found {\(program).\(text)}, expected one of \(results.programs.joined(separator: ", "))")
    }
    let quoted = try QuotedNumber(text, of: program)
    let known = results.metrics(program)
    if let name = quoted.metrics.first(where: { !known.isEmpty && !known.contains($0) }) {
      throw Failure(
        "found the metric \(name) of \(program), expected one of "
          + known.sorted().joined(separator: ", "))
    }
    guard let result = results.shown(program), let digits = quoted.text(in: result.record) else {
      missingCount += 1
      missingPrograms.insert(program)
      return notRun(program)
    }
    return cited(
      digits.replacing(" ", with: "\u{A0}"), quoted.metrics.first, of: result.record)
  }

  /// Returns a number, which is in Markdown, as a link to its metric in the sources of the numbers; if it `warns`,
  /// with the record's warning.
  func cited(
    _ digits: String, _ metric: String?, of record: RunRecord, warns: Bool = true
  ) -> String {
    let program = record.chapter.program
    let title = [metric, record.stamp].compactMap { $0 }.joined(separator: " · ")
      .replacing(/["\\&]/) { "\\\($0.0)" }
    let warning = warns ? record.warning : nil
    let text = warning.map { "\(verbatim($0)): \(digits)" } ?? digits
    return
      "[\(text)](#\(recordAnchor(program, metric))){.measured\(warning == nil ? "" : " .warning") "
      + "title=\"\(title)\"}"
  }
}

/// Splits lines into Markdown paragraphs; a code block is one paragraph.
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

/// Splits a paragraph at the beginnings of the items of a list.
private func items(_ paragraph: [LiterateSource.Line]) -> [[LiterateSource.Line]] {
  paragraph.reduce(into: []) { items, line in
    if items.isEmpty || line.text.hasPrefix("- ") { items.append([]) }
    items[items.count - 1].append(line)
  }
}

/// Splits a line into text, code, formulas, and numbers marked as the article's.
private func pieces(_ line: String) -> [String] {
  var pieces: [String] = []
  var rest = line[...]
  while let match = rest.firstMatch(of: /`[^`]*`|\$\$|\$[^$]+\$|\[[^\[\]]*\]\{\.article\}/) {
    pieces += [String(rest[..<match.range.lowerBound]), String(match.0)]
    rest = rest[match.range.upperBound...]
  }
  return pieces + [String(rest)]
}

/// Escapes brackets without a partner outside of code and formulas, such as those of half-open intervals: Pandoc would
/// search for the partner beyond the end of the paragraph.
private func escapingUnpairedBrackets(_ text: String) -> String {
  var (open, unpaired): ([String.Index], Set<String.Index>) = ([], [])
  for match in text.matches(of: /`[^`]*`|\$\$[^$]*\$\$|\$[^$]+\$|\\.|\[|\]/) {
    if match.0 == "[" { open.append(match.range.lowerBound) }
    if match.0 == "]", open.popLast() == nil { unpaired.insert(match.range.lowerBound) }
  }
  unpaired.formUnion(open)
  return text.indices.map { (unpaired.contains($0) ? "\\" : "") + String(text[$0]) }.joined()
}

extension String {
  fileprivate var isQuoted: Bool { hasSuffix("]{.article}") }
}

/// Converts a title into a part of an anchor: letters and digits, with hyphens between words.
func anchorPart(_ title: String) -> String {
  title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
}

// MARK: - Numbers typed by hand

/// A number typed in prose that equals a metric of a record.
package struct HandTypedNumber: Equatable {
  /// The number as it is typed.
  package let text: String
  /// The name of the metric.
  package let metric: String

  /// Finds the first number in `text` that equals one of `metrics` rounded to the same number of digits.
  ///
  /// Percentages need at least two significant digits, other numbers a decimal point and three: 78 % and
  /// 0.778 are likely results, while 10 and 0.75 may be settings.
  package static func find(in text: String, among metrics: [String: Double]) -> HandTypedNumber? {
    for match in text.matches(of: /([0-9]+(?:\.([0-9]+))?)(\s?%)?/) {
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
  /// Whether the text ends within a name or a number, as before the last digits of "1,000" or "T0.5".
  fileprivate var endsWithinWord: Bool {
    last.map { $0.isLetter || $0.isNumber || ".,_^".contains($0) } ?? false
  }
}
