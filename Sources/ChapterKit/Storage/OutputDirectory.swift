import Files
import Foundation

/// The directory that receives what a run makes; a file in it is either whole or not there.
package struct OutputDirectory: Sendable {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// Makes the directory and `subdirectories` of it, tries that they can be written, and removes
  /// what interrupted processes left there.
  package func prepare(subdirectories: [String]) throws {
    for path in ["."] + subdirectories {
      let directory = file(path).standardizedFileURL
      do {
        try makeFolder(at: directory)
        let probe = directory.appending(path: ".writable")
        try writeFile(Data(), to: probe)
        try removeFile(at: probe)
      } catch {
        throw Failure("--out: expected a directory that can be written, found \(oneLine(error))")
      }
      try removeLeftovers(in: directory)
    }
  }

  /// The place of `path` in the directory.
  package func file(_ path: String) -> URL { url.appending(path: path) }

  /// What is at `path`; `nil` where there is nothing.
  ///
  /// - Throws: ``FileError`` where something is there that cannot be read.
  package func content(of path: String) throws -> Data? { try readFileIfPresent(at: file(path)) }

  /// The names of what is in the subdirectory `path`.
  package func names(in path: String) throws -> [String] { try listFolder(at: file(path)) }

  /// Removes the file at `path`.
  package func remove(_ path: String) throws { try removeFile(at: file(path)) }

  /// Writes a whole file to the disk and only then gives it its name.
  package func write(_ data: Data, to path: String) throws { try writeFile(data, to: file(path)) }
}
