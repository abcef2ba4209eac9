import Foundation

/// A cell of a ``TextTable``: plain text, in which numbers can cite the metrics of a run record.
///
/// A string literal is a cell, and so is one that contains other cells:
///
///     let cell: TableCell = "T = 1: \(.cited("78.1 %", metric: "accuracy.T1", of: 3)) (n = \(10))"
public struct TableCell: Sendable, Equatable {
  /// A piece of a cell.
  package enum Part: Sendable, Equatable {
    /// Plain text.
    case text(String)
    /// A number as the table shows it, with the program in whose record its metric is.
    case cited(String, metric: String, program: String)
  }

  /// The pieces of the cell, in their order.
  package private(set) var parts: [Part]

  /// A cell with plain text, such as a name.
  public init(_ text: String) { parts = text.isEmpty ? [] : [.text(text)] }

  /// A number that becomes a link to the record that contains its metric.
  ///
  /// - Parameters:
  ///   - text: The number as the table shows it.
  ///   - metric: The name of the metric.
  ///   - chapter: The chapter in whose record it is.
  public static func cited(
    _ text: String, metric: String, of chapter: ChapterName
  ) -> TableCell {
    TableCell(parts: [.cited(text, metric: metric, program: chapter.program)])
  }

  private init(parts: [Part]) { self.parts = parts }

  /// The cell without its links.
  public var text: String {
    parts.map { part in
      switch part {
      case .text(let text), .cited(let text, _, _): text
      }
    }.joined()
  }

  /// The cells as one, with `separator` between them.
  public static func joined(_ cells: [TableCell], separator: String) -> TableCell {
    TableCell(parts: Array(cells.map(\.parts).joined(separator: TableCell(separator).parts)))
  }
}

extension TableCell: ExpressibleByStringInterpolation {
  /// The pieces of a string literal with cells and other values in it.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    /// An empty interpolation.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Appends text.
    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.text(literal)) }
    }

    /// Appends a cell.
    public mutating func appendInterpolation(_ cell: TableCell) { parts += cell.parts }

    /// Appends the description of a value.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      appendLiteral(value.description)
    }
  }

  /// A cell with the text of a string literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// A cell with the pieces of a string literal.
  public init(stringInterpolation: StringInterpolation) {
    self.init(parts: stringInterpolation.parts)
  }
}

// MARK: - Markdown

extension TableCell {
  /// The cell in Markdown, its cited numbers as links such as `[78.1 %](chapter3.json#accuracy.T1)`.
  var markdown: String {
    parts.map { part in
      switch part {
      case .text(let text): markdownEscaped(text)
      case .cited(let text, let metric, let program):
        "[\(markdownEscaped(text))](\(program).json#\(metric))"
      }
    }.joined()
  }

  /// Reads text in Markdown as ``TextTable`` writes it: escaped characters, and links to records.
  package init(markdown: some StringProtocol) {
    var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
    var plain = ""
    var rest = Substring(markdown)
    while let character = rest.first {
      if let link = rest.prefixMatch(of: /\[((?:[^\[\]\\]|\\.)*)\]\((\w+)\.json#([^)]*)\)/) {
        interpolation.appendLiteral(plain)
        plain = ""
        interpolation.parts.append(
          .cited(
            TableCell(markdown: link.1).text, metric: String(link.3), program: String(link.2)))
        rest = rest[link.range.upperBound...]
      } else {
        rest.removeFirst()
        let isEscape = character == "\\" && rest.first.map(isMarkdownPunctuation) == true
        plain.append(isEscape ? rest.removeFirst() : character)
      }
    }
    interpolation.appendLiteral(plain)
    self.init(stringInterpolation: interpolation)
  }

  /// Reads the cells of a line of a table in Markdown; empty cells have no parts.
  package static func cells(ofLine line: some StringProtocol) -> [TableCell] {
    var cells = [""]
    var isEscaped = false
    for character in line {
      if character == "|", !isEscaped {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return cells.dropFirst().dropLast().map {
      TableCell(markdown: $0.trimmingCharacters(in: .whitespaces))
    }
  }
}

/// Returns `text` with backslashes, so that CommonMark and Pandoc show it unchanged within a paragraph or a cell.
///
/// A bracket, a hyphen and a full stop get a backslash only where they would begin something, because most texts
/// contain them as they are. Quotation marks stay, and Pandoc makes them typographic ones.
package func markdownEscaped(_ text: String) -> String {
  var escaped = ""
  var previous: Character?
  for (index, character) in zip(text.indices, text) {
    let next = text[text.index(after: index)...].first
    let isMarkup =
      switch character {
      case "\\", "`", "*", "_", "<", ">", "&", "^", "~", "$", "@", "#", "|": true
      case "]": next.map { "([{:".contains($0) } ?? false
      case "-", ".": previous == character
      default: false
      }
    escaped += isMarkup ? "\\\(character)" : "\(character)"
    previous = character
  }
  return escaped
}

/// Whether a backslash before the character is an escape in Markdown.
private func isMarkdownPunctuation(_ character: Character) -> Bool {
  character.isASCII && (character.isPunctuation || character.isSymbol)
}

/// `text` in HTML, also as the value of an attribute.
package func htmlEscaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
}
