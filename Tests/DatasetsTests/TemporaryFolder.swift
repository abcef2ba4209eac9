import Foundation

/// A temporary folder that is removed with its content on deinitialisation.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The URL of a file or folder in this folder, which need not exist.
  subscript(name: String) -> URL { url.appending(path: name) }

  /// Writes a file and creates its folder if necessary.
  @discardableResult
  func write(_ content: [UInt8], to name: String) throws -> URL {
    let file = self[name]
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: file)
    return file
  }

  func content(of name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: self[name])) }

  /// Returns the names of all files in the folder and its subfolders, sorted.
  func names() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: url.path).filter { !isFolder($0) }.sorted()
  }

  private func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return unsafe FileManager.default.fileExists(atPath: self[name].path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}

/// Compresses bytes with the program gzip.
func gzip(_ content: [UInt8]) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  try run("gzip", "-n", folder.write(content, to: "content").path)
  return try folder.content(of: "content.gz")
}

/// Runs a program and waits until it ends.
func run(_ words: String...) throws {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = words
  try process.run()
  process.waitUntilExit()
}
