import Files
import Foundation

/// The directory OUT of a run's results; each file in it is written completely or not at all.
package struct OutputDirectory: Sendable {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// Creates the directory and its `subdirectories`, checks that they can be written, and removes the
  /// partial files of interrupted processes.
  ///
  /// - Returns: The directories that did not exist, an outer one before those in it; a caller that may fail before it
  ///   has written anything gives them to `removeFoldersIfEmpty` at its end.
  /// - Throws: `FileError`, which names a directory that cannot be written; then none is left that did not exist.
  @discardableResult
  package func prepare(subdirectories: [String]) throws -> [URL] {
    var created: [URL] = []
    do {
      for path in ["."] + subdirectories {
        let directory = file(path).standardizedFileURL
        created += try makeFolder(at: directory)
        let probe = directory.appending(path: ".writable")
        // A write that fails may leave the file.
        defer { try? removeFile(at: probe) }
        try writeFile(Data(), to: probe)
        try removeLeftovers(in: directory)
      }
    } catch {
      removeFoldersIfEmpty(created)
      throw error
    }
    return created
  }

  /// The URL of `path` in the directory.
  package func file(_ path: String) -> URL { url.appending(path: path) }

  /// The content of the file at `path`; nil if there is no file.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  package func content(of path: String) throws -> Data? { try readFileIfPresent(at: file(path)) }

  /// The names of the files and folders in the subdirectory `path`, without those that begin with a full stop: partial
  /// files of interrupted processes, and files of the system.
  package func names(in path: String) throws -> [String] {
    try listFolder(at: file(path)).filter { !$0.hasPrefix(".") }
  }

  /// Removes the file at `path`.
  package func remove(_ path: String) throws { try removeFile(at: file(path)) }

  /// Writes a file completely under a temporary name, then renames it to `path`.
  package func write(_ data: Data, to path: String) throws { try write([(path, data)]) }

  /// Writes files that belong together: all of them completely under temporary names, then renames them.
  ///
  /// Directories are created if they do not exist: another process may have removed one that it had created and left
  /// empty.
  ///
  /// - Throws: `FileError`. If a file cannot be written, all of them are as before; if one cannot be renamed, those
  ///   before it are replaced already.
  package func write(_ files: [(path: String, content: Data)]) throws {
    var created: [URL] = []
    defer { removeFoldersIfEmpty(created) }
    for folder in Set(files.map { file($0.path).deletingLastPathComponent() }) {
      created += try makeFolder(at: folder)
    }
    try writeFiles(files.map { ($0.content, file($0.path)) })
  }
}
