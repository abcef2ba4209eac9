/// Extracts a declaration with its documentation from Swift source code, without indentation.
///
/// The end is found by counting brackets line by line, outside of string literals and comments. Brackets in
/// multi-line string literals are not supported.
///
/// - Parameters:
///   - name: The name, such as "sharpen", or "MixMatchStep.mix" for a member of a type.
///   - source: The content of the file.
/// - Returns: The source code, or nil if the file has no such declaration.
package func definition(of name: String, in source: String) -> String? {
  let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let path = name.split(separator: ".").map(String.init)
  guard let range = declaration(path[...], in: lines, within: lines.indices) else { return nil }
  let start = lines[..<range.lowerBound].lastIndex { !isDocumentation($0) }.map { $0 + 1 } ?? 0
  let indentation = lines[range.lowerBound].prefix { $0 == " " }.count
  return lines[start..<range.upperBound].map { String($0.dropFirst(indentation)) }
    .joined(separator: "\n")
}

/// Returns the lines of the first declaration with the given path of names, such as ["Type", "member"].
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

/// The keywords of declarations that have a body.
private let bodied = ["func", "struct", "enum", "class", "actor", "protocol", "extension", "init"]
/// The keywords of declarations that may have no body.
private let bodiless = ["let", "var", "typealias"]

/// Returns whether `line` declares `name`, with any modifiers.
private func declares(_ line: String, _ name: String) -> Bool {
  guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { return false }
  let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  guard let place = words.firstIndex(where: { (bodied + bodiless).contains($0) }) else {
    return false
  }
  return words[place] == name || words.dropFirst(place + 1).first == name
}

/// Returns the line after the declaration that starts at `start`; nil if its brackets are unbalanced.
private func end(of start: Int, in lines: [String]) -> Int? {
  let needsBody = !lines[start].split(separator: " ").contains { bodiless.contains(String($0)) }
  var depth = 0
  var hasBody = !needsBody
  for index in start..<lines.count {
    for character in withoutLiterals(lines[index]) {
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

/// Returns a line of code without its string literals and its comment.
private func withoutLiterals(_ line: String) -> Substring {
  let code = line.replacing(/"([^"\\]|\\.)*"/, with: "")
  return code.firstRange(of: "//").map { code[..<$0.lowerBound] } ?? code[...]
}

/// Returns whether a line is a documentation comment or an attribute.
private func isDocumentation(_ line: String) -> Bool {
  let content = line.drop { $0 == " " }
  return content.hasPrefix("///") || content.hasPrefix("@")
}
