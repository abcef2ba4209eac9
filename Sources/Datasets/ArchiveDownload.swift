import Files
import Foundation

/// Downloads the archive of a data set and unpacks its folder.
///
/// An archive that is already in `directory` is not downloaded again; if all files exist, nothing is done. Of several
/// processes one downloads, and the others wait for it.
///
/// - Parameters:
///   - part: The files of the data set; they have an archive.
///   - directory: The directory for all data sets; it is created if necessary.
///   - mirrors: The addresses to try, in this order, without the name of the archive.
///   - checksum: The expected hash of the archive.
///   - searchPath: The directories in which to look for curl and tar, separated by colons.
///   - shouldStop: Called several times a second; once it returns true, the download is broken off.
///   - progress: Receives a line for each step and for each mirror that fails.
/// - Throws: ``DatasetError`` if only some of the files exist, if an existing archive is not the expected one, if
///   no mirror serves it, if the download is broken off, or if curl or tar is not installed; `FileError` if the
///   directory cannot be written.
func downloadArchive<Part: DatasetPart>(
  of part: Part.Type, into directory: URL, mirrors: [URL], checksum: Checksum,
  searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "",
  stoppingWhen shouldStop: (() -> Bool)?, progress: (String) -> Void
) throws {
  try withLock(
    on: directory, stoppingWhen: shouldStop, waiting: { progress(waitingLine(directory)) }
  ) {
    if try DatasetFiles<Part>(in: directory)?.paths() != nil { return }
    let folder = directory.appending(path: Part.subfolder)
    guard !folder.isPresent else {
      throw DatasetError(
        folder.shortPath, found: "a folder without any of its files",
        expected: "\(Part.wholeSet); remove the folder to have them downloaded")
    }
    guard let name = Part.archiveName else {
      fatalError("\(Part.wholeSet) cannot be downloaded: they have no archive.")
    }
    let file = directory.appending(path: name)
    let archive = try Archive(file, searchPath: searchPath)
    let wasThere = file.isPresent
    let download = Download(
      of: file, from: mirrors.map { $0.appending(path: name) }, checksum: checksum,
      limit: Part.downloadLimit, searchPath: searchPath)
    try download.run(stoppingWhen: shouldStop, progress: progress)
    progress("unpacking \(file.shortPath)")
    try archive.unpack(to: folder, stoppingWhen: shouldStop)
    // An archive that was there, also from an earlier call whose unpacking was interrupted, is left to the user.
    if !wasThere { try removeFile(at: file) }
  }
}

/// The line of a download that waits for that of another process.
private func waitingLine(_ directory: URL) -> String {
  "waiting for another process that downloads into \(directory.shortPath)"
}

/// Downloads the missing files of a data set one by one, and checks the existing ones.
///
/// The files are written to the subfolder of the data set, or to the folder that already has some of them. Of several
/// processes one downloads, and the others wait for it.
///
/// - Parameters:
///   - part: The files of the data set.
///   - directory: The directory for all data sets; it is created if necessary.
///   - mirrors: The addresses to try, in this order, without the names of the files.
///   - fileExtension: The end of the names on the mirrors, such as ".gz", which the published names lack.
///   - checksums: The expected hash of each file.
///   - shouldStop: Called several times a second; once it returns true, the download is broken off.
///   - progress: Receives a line for each step and for each mirror that fails.
/// - Throws: ``DatasetError`` if an existing file has another content, if no mirror serves a missing file, if the
///   download is broken off, or if curl is not installed; `FileError` if the directory cannot be written.
func downloadFiles<Part: DatasetPart>(
  of part: Part.Type, into directory: URL, mirrors: [URL], fileExtension: String = "",
  checksums: [Part: Checksum], stoppingWhen shouldStop: (() -> Bool)?, progress: (String) -> Void
) throws {
  try withLock(
    on: directory, stoppingWhen: shouldStop, waiting: { progress(waitingLine(directory)) }
  ) {
    let files = try DatasetFiles<Part>(in: directory)
    let folder = files?.folder ?? directory.appending(path: Part.subfolder)
    for part in Part.allCases {
      let name = part.fileName + fileExtension
      guard let checksum = checksums[part] else {
        fatalError("Each file of \(Part.title) needs a hash; \(name) has none.")
      }
      let download = Download(
        of: files?.found[part] ?? folder.appending(path: name),
        from: mirrors.map { $0.appending(path: name) }, checksum: checksum,
        limit: Part.downloadLimit)
      try download.run(stoppingWhen: shouldStop, progress: progress)
    }
  }
}
