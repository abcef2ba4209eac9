extension String {
  /// The text with a visible escape in place of each control character: `\n`, `\t`, `\r`, or `\u{1B}` for ESC.
  ///
  /// The names of files may contain line breaks and tabs. Escaped, they neither start a new line nor a new column,
  /// and do not control the terminal. Backslashes stay.
  package var withVisibleControlCharacters: String { withVisibleControlCharacters(except: []) }

  /// The text with a visible escape in place of each control character that is not in `kept`.
  package func withVisibleControlCharacters(except kept: Set<Unicode.Scalar>) -> String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    return unicodeScalars.map { scalar in
      if kept.contains(scalar) { return String(scalar) }
      return switch scalar {
      case "\n": #"\n"#
      case "\t": #"\t"#
      case "\r": #"\r"#
      default:
        scalar.isControl
          ? #"\u{"# + String(scalar.value, radix: 16, uppercase: true) + "}" : String(scalar)
      }
    }.joined()
  }
}

extension Unicode.Scalar {
  /// Whether the character is a control character or starts a new line.
  fileprivate var isControl: Bool {
    [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
  }
}
