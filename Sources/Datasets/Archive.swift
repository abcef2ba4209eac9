import Files
import Foundation

/// A compressed tar archive.
struct Archive {
  let file: URL
  private let tar: ExternalProgram

  /// An archive, and the folders to look for tar in, separated by colons.
  ///
  /// - Throws: ``DatasetError`` if tar is in none of them.
  init(_ file: URL, searchPath: String) throws {
    self.file = file
    tar = try ExternalProgram("tar", searchPath: searchPath)
  }

  /// Unpacks the archive, and gives the folder in it that is called as `destination` is that place.
  ///
  /// The folder is there only once it is whole: until then everything lies in one with ".part"
  /// added to its name.
  ///
  /// - Throws: ``DatasetError`` if the archive cannot be unpacked or does not have the folder, or
  ///   if there is something at `destination` already.
  func unpack(to destination: URL) throws {
    let part = destination.appendingPathExtension(Download.partExtension)
    removeTree(at: part)
    defer { removeTree(at: part) }
    try makeFolder(at: part)
    let (status, output) = tar.run(
      ["--no-same-owner", "-xzf", file.path, "-C", part.path], keepingErrors: true)
    guard status == 0 else { throw failure(tarSays: output, status) }
    let unpacked = part.appending(path: destination.lastPathComponent)
    guard unpacked.isExistingDirectory else {
      throw DatasetError(
        file.path, found: "an archive without the folder \(destination.lastPathComponent)",
        expected: "one with it; remove the archive, and it is downloaded again")
    }
    for name in try listFolder(at: unpacked) {
      try synchronizeFile(at: unpacked.appending(path: name))
    }
    try moveItem(at: unpacked, to: destination)
  }

  /// An error with the first line of what tar said.
  private func failure(tarSays output: String, _ status: Int32) -> DatasetError {
    let line = output.split(separator: "\n").first.map(String.init)
    return DatasetError(
      file.path, found: line ?? "that tar ended with status \(status)",
      expected:
        "an archive that can be unpacked; free some space, or remove it to have it downloaded again"
    )
  }
}
