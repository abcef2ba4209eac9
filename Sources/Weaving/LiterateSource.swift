import ChapterKit

/// A Swift file that reads as an article, cut into prose and code.
///
/// Prose are the `//` comments at file scope, and inside a declaration those whose first words are
/// bold, as the numbered steps of an algorithm. All else is code, its other comments with it.
package struct LiterateSource: Equatable {
  /// A line and its number, from 1.
  package struct Line: Equatable {
    package let number: Int
    package let text: String

    package init(_ number: Int, _ text: String) { (self.number, self.text) = (number, text) }
  }

  /// A stretch of the file.
  package enum Block: Equatable {
    /// Markdown, without the comment signs.
    case prose([Line])
    /// Swift, without blank lines at its ends.
    case code([Line])
  }

  package let blocks: [Block]

  /// Cuts the file `path` with the content `text`.
  ///
  /// - Throws: A ``Failure`` that names path and line of a block of code or formula in prose that is
  ///   not closed.
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
        // A comment that starts as code goes on as code.
        let block = rest.prefix(max(1, comment.count))
        code += block
        rest = rest.dropFirst(block.count)
      }
    }
    endCode()
    self.blocks = blocks
  }

  /// `lines` without blank ones at the ends; nil where nothing is left but imports.
  private static func trimmed(_ lines: [Line]) -> [Line]? {
    guard lines.contains(where: { !$0.isBlank && !$0.text.hasPrefix("import ") }) else {
      return nil
    }
    let start = lines.firstIndex { !$0.isBlank }!
    let end = lines.lastIndex { !$0.isBlank }!
    return Array(lines[start...end])
  }
}

/// The lines of a text with their numbers.
func lines(of text: String) -> [LiterateSource.Line] {
  text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    .map { LiterateSource.Line($0 + 1, String($1)) }
}

/// Throws where a block of code or a formula in Markdown is opened and not closed.
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

  /// What follows the comment sign and a space.
  fileprivate var uncommented: LiterateSource.Line {
    let comment = content.dropFirst(2)
    return .init(number, String(comment.hasPrefix(" ") ? comment.dropFirst() : comment))
  }
}
