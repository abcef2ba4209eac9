/// A declaration in a Swift source, with its documentation and without the indentation it has there.
///
/// Brackets are counted line by line, outside of texts and comments; texts over several lines with
/// brackets in them would mislead it.
///
/// - Parameters:
///   - name: "sharpen", or within a type "MixMatchStep.mix".
///   - source: The content of the file.
/// - Returns: nil where nothing of that name is declared.
package func definition(of name: String, in source: String) -> String? {
  let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let path = name.split(separator: ".").map(String.init)
  guard let range = declaration(path[...], in: lines, within: lines.indices) else { return nil }
  let start = lines[..<range.lowerBound].lastIndex { !isDocumentation($0) }.map { $0 + 1 } ?? 0
  let indentation = lines[range.lowerBound].prefix { $0 == " " }.count
  return lines[start..<range.upperBound].map { String($0.dropFirst(indentation)) }
    .joined(separator: "\n")
}

/// Where the first declaration lies that is named by the last part of `path`, in declarations that
/// are named by the parts before.
private func declaration(
  _ path: ArraySlice<String>, in lines: [String], within range: Range<Int>
) -> Range<Int>? {
  guard let name = path.first else { return nil }
  for start in range where declares(lines[start], name) {
    guard let end = end(of: start, in: lines) else { continue }
    if path.count == 1 { return start..<end }
    if let inner = declaration(path.dropFirst(), in: lines, within: start + 1..<end) {
      return inner
    }
  }
  return nil
}

private let bodied = ["func", "struct", "enum", "class", "actor", "protocol", "extension", "init"]
private let bodiless = ["let", "var", "typealias"]

/// Whether `line` declares `name`, whatever modifiers stand in front.
private func declares(_ line: String, _ name: String) -> Bool {
  guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { return false }
  let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  guard let place = words.firstIndex(where: { (bodied + bodiless).contains($0) }) else {
    return false
  }
  return words[place] == name || words.dropFirst(place + 1).first == name
}

/// The line after a declaration that starts at `start`; nil where its brackets do not close.
private func end(of start: Int, in lines: [String]) -> Int? {
  let needsBody = !lines[start].split(separator: " ").contains { bodiless.contains(String($0)) }
  var depth = 0
  var hasBody = !needsBody
  for index in start..<lines.count {
    for character in withoutTexts(lines[index]) {
      switch character {
      case "{", "(", "[": depth += 1
      case "}", ")", "]": depth -= 1
      default: break
      }
      if character == "{" { hasBody = true }
    }
    if depth == 0 && hasBody { return index + 1 }
  }
  return nil
}

/// A line of code without its texts and its comment.
private func withoutTexts(_ line: String) -> Substring {
  let code = line.replacing(/"([^"\\]|\\.)*"/, with: "")
  return code.firstRange(of: "//").map { code[..<$0.lowerBound] } ?? code[...]
}

private func isDocumentation(_ line: String) -> Bool {
  let content = line.drop { $0 == " " }
  return content.hasPrefix("///") || content.hasPrefix("@")
}
