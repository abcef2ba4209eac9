import Files
import Foundation

/// One of the files that a data set consists of.
protocol DatasetPart: CaseIterable, Hashable, Sendable where AllCases == [Self] {
  /// The folder in which the files lie, within the one with all data, when they are downloaded.
  static var subfolder: String { get }
  /// Other such folders, of other programs that download the set.
  static var otherSubfolders: [String] { get }
  /// The archive that is downloaded, if there is one, within the folder with all data.
  static var archiveName: String? { get }
  /// What all files are together, in words that follow "expected".
  static var wholeSet: String { get }
  /// The name under which the file was published, uncompressed.
  var fileName: String { get }
  /// The names under which it is in use, best first.
  var acceptedNames: [String] { get }
}

/// Those of a data set's files that a folder holds.
struct DatasetFiles<Part: DatasetPart> {
  /// The folder they lie in.
  let folder: URL
  /// The files; at least one.
  let found: [Part: URL]
  /// Whether a download has left a piece of a file.
  let isBeingDownloaded: Bool

  /// Looks in the set's own folders within `directory`, then in `directory` itself; nil if none of
  /// them holds any of the files.
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

  /// How much of the set `directory` holds.
  static func presence(in directory: URL) throws -> Presence {
    guard let files = try Self(in: directory) else {
      return try hasRemains(in: directory) ? .interrupted : .absent
    }
    if files.found.count == Part.allCases.count { return .complete }
    return files.isBeingDownloaded ? .interrupted : .incomplete
  }

  /// The paths of all files, in the order of the parts; an error if one is not there.
  func paths() throws -> [URL] {
    try Part.allCases.map { part in
      if let path = found[part] { return path }
      let others = Part.allCases.compactMap { found[$0]?.lastPathComponent }
      throw DatasetError(
        folder.appending(path: part.fileName).path,
        found: "no such file beside \(others.joined(separator: ", "))", expected: Part.wholeSet)
    }
  }

  /// Whether there is an archive, a piece of one or of a file, or a folder without any of the files.
  private static func hasRemains(in directory: URL) throws -> Bool {
    let folder = directory.appending(path: Part.subfolder)
    if folder.isPresent, Part.archiveName != nil { return true }
    let part = "." + Download.partExtension
    if try listFolder(at: folder).contains(where: { $0.hasSuffix(part) }) { return true }
    guard let archive = Part.archiveName else { return false }
    return [archive, archive + part].contains { directory.appending(path: $0).isPresent }
  }
}
