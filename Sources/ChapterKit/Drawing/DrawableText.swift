import Files
import Foundation

/// The text of a figure in the form in which gnuplot draws it.
///
/// gnuplot takes a backslash in a data file as the beginning of an escape sequence, in some places twice; U+2216 (∖),
/// which looks like it, takes its place. In a PNG picture it draws a character that no installed font has as a box
/// hundreds of pixels wide; U+FFFD (�), which the usual font has, takes its place. In an SVG picture the viewer chooses
/// the fonts.
package struct DrawableText {
  /// The contents of the figure's data files, in their order.
  package let data: [Data]
  /// The values of the figure's variables.
  package let variables: [String: String]
  /// The characters that no installed font has, sorted; none for SVG.
  private let withoutFont: [Unicode.Scalar]

  /// The text of a figure with the contents of its data files.
  package init(for figure: Figure, _ data: [Data]) {
    let data = data.map(withoutBackslashes)
    withoutFont =
      figure.picture.hasSuffix(".png")
      ? charactersWithoutFont(
        in: data.map { String(decoding: $0, as: UTF8.self) } + figure.variables.values) : []
    guard !withoutFont.isEmpty else {
      (self.data, variables) = (data, figure.variables)
      return
    }
    let missing = Set(withoutFont)
    func replaced(_ text: String) -> String {
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { missing.contains($0) ? "\u{FFFD}" : $0 }))
    }
    self.data = data.map { Data(replaced(String(decoding: $0, as: UTF8.self)).utf8) }
    variables = figure.variables.mapValues(replaced)
  }

  /// A warning about the characters that cannot be drawn; nil if there are none.
  package var warning: String? {
    guard !withoutFont.isEmpty else { return nil }
    let shown = String(String.UnicodeScalarView(withoutFont.prefix(10)))
    let rest = withoutFont.count > 10 ? " and \(withoutFont.count - 10) more" : ""
    return "found no font with the characters \(shown)\(rest), expected one; � stands for them; "
      + "install a font, such as the package fonts-noto-cjk for Chinese, Japanese and Korean, and run the "
      + "same command again"
  }
}

/// The content of a data file with U+2216 in place of each backslash.
private func withoutBackslashes(_ content: Data) -> Data {
  guard content.contains(UInt8(ascii: "\\")) else { return content }
  return Data(
    String(decoding: content, as: UTF8.self).replacing("\\", with: "\u{2216}").utf8)
}

/// The characters of some texts that no installed font has, sorted, by the program fc-list of fontconfig, from which
/// gnuplot's library for text has its fonts; none without that program.
private func charactersWithoutFont(in texts: [String]) -> [Unicode.Scalar] {
  var characters: Set<Unicode.Scalar> = []
  for text in texts {
    characters.formUnion(
      text.unicodeScalars.lazy.filter {
        !$0.isASCII && !$0.properties.isDefaultIgnorableCodePoint
      })
  }
  guard !characters.isEmpty, let program = ExternalProgram("fc-list") else { return [] }
  /// Whether a font has all of the characters.
  func isFontInstalled(with characters: some Sequence<Unicode.Scalar>) -> Bool {
    let codes = characters.map { String($0.value, radix: 16) }.joined(separator: " ")
    let found = try? program.run([":charset=\(codes)", "family"])
    return found.map { $0.status != 0 || !$0.output.isEmpty } ?? true
  }
  // One call is enough for most figures.
  if isFontInstalled(with: characters) { return [] }
  return characters.sorted { $0.value < $1.value }.filter { !isFontInstalled(with: [$0]) }
}
