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
    try? FileManager.default.removeItem(at: part)
    defer { try? FileManager.default.removeItem(at: part) }
    do {
      try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
      let (status, output) = tar.run(
        ["--no-same-owner", "-xzf", file.path, "-C", part.path], keepingErrors: true)
      guard status == 0 else { throw failure(tarSays: output, status) }
      try FileManager.default.moveItem(
        at: part.appending(path: destination.lastPathComponent), to: destination)
    } catch let error as CocoaError {
      throw DatasetError(
        destination.path, found: "that it cannot be made (\(systemMessage(of: error)))",
        expected: "a folder to unpack \(file.lastPathComponent) to")
    }
  }

  /// An error with the first line of what tar said.
  private func failure(tarSays output: String, _ status: Int32) -> DatasetError {
    let line = output.split(separator: "\n").first.map(String.init)
    return DatasetError(
      file.path, found: line ?? "that tar ended with status \(status)",
      expected: "an archive that can be unpacked")
  }
}
