import Foundation

extension URL {
  /// The folder for temporary files, by an absolute path.
  ///
  /// TMPDIR may be a relative path, which leads elsewhere in a program that is started in another folder.
  package static let absoluteTemporaryDirectory = URL.temporaryDirectory.absoluteURL
}

/// Calls `body` with a new temporary folder, and removes the folder with its content at the end.
///
/// A signal that ends the process at once leaves the folder; a program watches signals meanwhile.
///
/// - Parameters:
///   - name: The beginning of the folder's name, the name of the program.
///   - body: The work.
/// - Returns: The result of `body`.
/// - Throws: ``FileError`` if the folder cannot be created; the error of `body`.
package func withTemporaryFolder<Result>(
  named name: String, _ body: (_ folder: URL) throws -> Result
) throws -> Result {
  let folder = URL.absoluteTemporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
  let created = try makeFolder(at: folder)
  defer {
    removeTree(at: folder)
    removeFoldersIfEmpty(created)
  }
  return try body(folder)
}
