import Files
import Foundation

/// A file of a data set that consists of several files.
protocol DatasetPart: CaseIterable, Hashable, Sendable where AllCases == [Self] {
  /// The subfolder of the data directory into which the files are downloaded.
  static var subfolder: String { get }
  /// The subfolders that other programs use for the same files.
  static var otherSubfolders: [String] { get }
  /// The name of the archive in the data directory, if the files are downloaded as an archive.
  static var archiveName: String? { get }
  /// The largest size in bytes of a downloaded file or archive that is accepted; the published ones are smaller.
  static var downloadLimit: Int { get }
  /// The name of the data set.
  static var title: String { get }
  /// A description of all files, in words that follow "expected".
  static var wholeSet: String { get }
  /// The published name of the file, uncompressed.
  var fileName: String { get }
  /// The accepted names of the file, the preferred one first.
  var acceptedNames: [String] { get }
}

extension DatasetPart {
  /// The subfolders that other programs use: none by default.
  static var otherSubfolders: [String] { [] }

  /// The name of a data set of these files, with a remark if not all have their published content.
  static func name(isOriginal: Bool) -> String {
    isOriginal ? title : "\(title), not the original bytes"
  }

  /// The published name only.
  var acceptedNames: [String] { [fileName] }
}

/// The files of a data set that were found in a folder.
struct DatasetFiles<Part: DatasetPart> {
  /// The folder with the files.
  let folder: URL
  /// The path of each file that was found; at least one.
  let found: [Part: URL]
  /// Whether the folder has a partial file of a download.
  let isBeingDownloaded: Bool

  /// Looks for the files in the data set's subfolders of `directory`, then in `directory` itself; `nil` if
  /// none of these has any of the files.
  init?(in directory: URL) throws {
    let subfolders = ([Part.subfolder] + Part.otherSubfolders).map { directory.appending(path: $0) }
    for folder in subfolders + [directory] {
      let names = Set(try listFolder(at: folder))
      let found = Part.allCases.compactMap { part in
        part.acceptedNames.first(where: names.contains).map {
          (part, folder.appending(path: $0))
        }
      }
      if !found.isEmpty {
        self.folder = folder
        self.found = Dictionary(uniqueKeysWithValues: found)
        isBeingDownloaded = names.contains { $0.hasSuffix("." + Download.partExtension) }
        return
      }
    }
    return nil
  }

  /// Finds out which of the files `directory` holds.
  static func presence(in directory: URL) throws -> DatasetPresence {
    guard let files = try Self(in: directory) else {
      return try hasRemnants(in: directory) ? .interrupted : .absent
    }
    if files.found.count == Part.allCases.count { return .complete }
    return files.isBeingDownloaded ? .interrupted : .incomplete
  }

  /// Returns the paths of all files, in the order of the parts.
  ///
  /// - Throws: ``DatasetError`` if a file is missing.
  func paths() throws -> [URL] {
    try Part.allCases.map { part in
      if let path = found[part] { return path }
      let others = Part.allCases.compactMap { found[$0]?.lastPathComponent }
      throw DatasetError(
        folder.appending(path: part.fileName).shortPath,
        found: "no such file beside \(others.joined(separator: ", "))", expected: Part.wholeSet)
    }
  }

  /// Returns whether `directory` has an archive, a partial file, or a subfolder without any of the files.
  private static func hasRemnants(in directory: URL) throws -> Bool {
    let folder = directory.appending(path: Part.subfolder)
    if folder.isPresent, Part.archiveName != nil { return true }
    let part = "." + Download.partExtension
    if try listFolder(at: folder).contains(where: { $0.hasSuffix(part) }) { return true }
    guard let archive = Part.archiveName else { return false }
    return [archive, archive + part].contains { directory.appending(path: $0).isPresent }
  }
}
