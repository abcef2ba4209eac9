import Files
import Foundation

/// A compressed tar archive.
struct Archive {
  let file: URL
  private let tar: ExternalProgram

  /// Creates a reference to an archive.
  ///
  /// - Parameters:
  ///   - file: The archive.
  ///   - searchPath: The directories in which to look for tar, separated by colons.
  /// - Throws: ``DatasetError`` if no directory has tar.
  init(_ file: URL, searchPath: String) throws {
    self.file = file
    tar = try ExternalProgram(required: "tar", searchPath: searchPath)
  }

  /// Unpacks the archive and moves its folder named like `destination` to `destination`.
  ///
  /// The files are first unpacked into a folder with ".part" added to its name, so `destination`
  /// exists only once it is complete.
  ///
  /// - Parameters:
  ///   - destination: The folder to write.
  ///   - shouldStop: Called several times a second; tar is asked to end once it returns true.
  /// - Throws: ``DatasetError`` if the archive cannot be unpacked or lacks the folder, or if tar was asked to end;
  ///   `FileError` if `destination` exists or cannot be written.
  func unpack(to destination: URL, stoppingWhen shouldStop: (() -> Bool)?) throws {
    let part = destination.appendingPathExtension(Download.partExtension)
    removeTree(at: part)
    defer { removeTree(at: part) }
    try makeFolder(at: part)
    let (status, _, errors) = try tar.run(
      ["--no-same-owner", "-xzf", file.filePath, "-C", part.filePath], stoppingWhen: shouldStop)
    guard status == 0 else {
      guard shouldStop?() != true else { throw DatasetError.stopped(file) }
      throw DatasetError(
        file.shortPath,
        found: errors.split(separator: "\n").first.map(String.init)
          ?? "exit status \(status) from tar",
        expected: "an archive that can be unpacked; free some space, or remove it to have it "
          + "downloaded again")
    }
    let unpacked = part.appending(path: destination.lastPathComponent)
    guard unpacked.isExistingDirectory else {
      throw DatasetError(
        file.shortPath, found: "an archive without the folder \(destination.lastPathComponent)",
        expected: "an archive with it; remove the archive to have it downloaded again")
    }
    for name in try listFolder(at: unpacked) {
      try synchronizeFile(at: unpacked.appending(path: name))
    }
    try moveItem(at: unpacked, to: destination)
  }
}
