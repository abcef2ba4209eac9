import Datasets
import Files
import Foundation

/// The code that computes a stage's result: the files at some paths of the package, and all modules that
/// they import from Sources/.
///
/// Lines that are only a comment do not belong to it, and neither do ChapterKit and Files, which store and
/// show results and compute none. So prose, the scripts of figures, and ChapterKit can be edited without losing results
/// and checkpoints.
struct SourceCode {
  /// The content of each file, by its path relative to the package's root.
  private let texts: [String: String]
  private let root: URL

  /// The code at `paths` and in the modules that it imports.
  ///
  /// - Parameters:
  ///   - paths: Source files, or folders of them, relative to `root`; what does not exist is left out.
  ///   - root: The package's root.
  /// - Throws: `FileError` if a file cannot be read.
  init(at paths: [String], root: URL) throws {
    var (texts, open, seen): ([String: String], [String], Set<String>) = ([:], paths, [])
    while let path = open.popLast() {
      guard seen.insert(path).inserted else { continue }
      let sources = try listFiles(at: path, of: root).filter(isSourceFile)
      for file in sources where texts[file] == nil {
        let text = String(
          decoding: try readFile(at: root.appending(path: file)), as: UTF8.self)
        texts[file] = text
        open += importedModules(in: text).map { "Sources/\($0)" }
      }
    }
    (self.texts, self.root) = (texts, root)
  }

  /// The SHA-256 of the code; nil without files.
  var sha256: String? {
    guard !texts.isEmpty else { return nil }
    let hashes = texts.sorted { $0.key < $1.key }.map { path, text in
      "\(path) \(sha256Hex(Data(codeLines(of: text).utf8)))"
    }
    return sha256Hex(Data(hashes.joined(separator: "\n").utf8))
  }

  /// A file that was changed after `time`, and the time of its change, both in seconds since 1970; nil if there is
  /// none.
  func file(changedAfter time: Int) -> (path: String, time: Int)? {
    for path in texts.keys.sorted() {
      if let changed = root.appending(path: path).modificationTime, changed > time {
        return (path, changed)
      }
    }
    return nil
  }
}

/// The modules of the package that compute no results.
private let modulesWithoutResults: Set = ["ChapterKit", "Files"]

/// Whether a file has code: Swift, or C in headers, with the maps of their modules.
func isSourceFile(_ path: String) -> Bool {
  [".swift", ".h", ".modulemap"].contains(where: path.hasSuffix)
}

/// The modules that a file imports, apart from those that compute no results.
private func importedModules(in text: String) -> Set<String> {
  let imports = text.split(separator: "\n").compactMap { line -> String? in
    let words = line.split(separator: " ")
    return words.count == 2 && words[0] == "import" ? String(words[1]) : nil
  }
  return Set(imports).subtracting(modulesWithoutResults)
}

/// The lines of `text` that have code, without indentation.
///
/// A line that begins with `//` inside a literal of several lines is code.
package func codeLines(of text: String) -> String {
  var isInsideLiteral = false
  let lines = text.split(separator: "\n").compactMap { line -> Substring? in
    let code = line.drop { $0 == " " || $0 == "\t" }
    if !isInsideLiteral && (code.isEmpty || code.hasPrefix("//")) { return nil }
    let quotes = line.ranges(of: "\"\"\"").count
    if quotes % 2 == 1 { isInsideLiteral.toggle() }
    return isInsideLiteral ? line : code
  }
  return lines.joined(separator: "\n")
}
