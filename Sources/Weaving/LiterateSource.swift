import ChapterKit

/// A literate Swift file, split into prose and code.
///
/// The `//` comments at file scope are prose. Inside a declaration, comments whose first words are bold are
/// prose, such as the numbered steps of an algorithm. Everything else is code, including all other comments.
package struct LiterateSource: Equatable {
  /// A line with its number, counted from 1.
  package struct Line: Equatable {
    package let number: Int
    package let text: String

    package init(_ number: Int, _ text: String) { (self.number, self.text) = (number, text) }
  }

  /// A section of the file.
  package enum Block: Equatable {
    /// Markdown, without the comment markers.
    case prose([Line])
    /// Swift code, without leading and trailing blank lines.
    case code([Line])
  }

  package let blocks: [Block]

  /// Splits a file into blocks.
  ///
  /// - Parameters:
  ///   - text: The content of the file.
  ///   - path: The path of the file, for errors.
  /// - Throws: A ``Failure`` that names the line of an unclosed code block or formula in the prose.
  package init(_ text: String, path: String) throws {
    var blocks: [Block] = []
    var code: [Line] = []
    func endCode() {
      if let block = Self.trimmed(code) { blocks.append(.code(block)) }
      code = []
    }
    var rest = lines(of: text)[...]
    while let first = rest.first {
      let comment = rest.prefix { $0.isComment && $0.indentation == first.indentation }
      if let opening = comment.first, opening.indentation == 0 || opening.isBoldComment {
        endCode()
        let prose = comment.map(\.uncommented)
        try checkBlocksAreClosed(in: prose, of: path)
        blocks.append(.prose(prose))
        rest = rest.dropFirst(comment.count)
      } else {
        // All lines of a comment in code are code, even if a later line starts with bold words.
        let block = rest.prefix(max(1, comment.count))
        code += block
        rest = rest.dropFirst(block.count)
      }
    }
    endCode()
    self.blocks = blocks
  }

  /// Removes leading and trailing blank lines; returns nil if only imports remain.
  private static func trimmed(_ lines: [Line]) -> [Line]? {
    guard lines.contains(where: { !$0.isBlank && !$0.text.hasPrefix("import ") }) else {
      return nil
    }
    let start = lines.firstIndex { !$0.isBlank }!
    let end = lines.lastIndex { !$0.isBlank }!
    return Array(lines[start...end])
  }
}

/// Returns the lines of a text with their numbers.
func lines(of text: String) -> [LiterateSource.Line] {
  text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    .map { LiterateSource.Line($0 + 1, String($1)) }
}

/// Checks that every code block and formula in Markdown is closed.
///
/// - Throws: A ``Failure`` that names the line of an unclosed one.
func checkBlocksAreClosed(in prose: [LiterateSource.Line], of path: String) throws {
  var open: (sign: String, line: Int)?
  for line in prose {
    if line.isFence {
      open = open == nil ? ("```", line.number) : open?.sign == "```" ? nil : open
    } else if open?.sign != "```" {
      for _ in line.text.matches(of: /\$\$/) {
        open = open == nil ? ("$$", line.number) : nil
      }
    }
  }
  guard let open else { return }
  let kind = open.sign == "$$" ? "a formula" : "a code block"
  throw Failure(
    "\(path):\(open.line): found \(kind) that is not closed, expected another \(open.sign) before "
      + "the comment ends")
}

extension LiterateSource.Line {
  var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
  var isFence: Bool { text.hasPrefix("```") }
  fileprivate var indentation: Int { text.prefix { $0 == " " }.count }
  private var content: Substring { text.dropFirst(indentation) }
  fileprivate var isComment: Bool { content.hasPrefix("//") && !content.hasPrefix("///") }
  fileprivate var isBoldComment: Bool { content.hasPrefix("// **") }

  /// The text after the comment marker and a space.
  fileprivate var uncommented: LiterateSource.Line {
    let comment = content.dropFirst(2)
    return .init(number, String(comment.hasPrefix(" ") ? comment.dropFirst() : comment))
  }
}
