import Files
import Foundation

/// A download of one file from the first of several mirrors that serves it with the expected content.
///
/// The file is written under its name with ".part" added, and renamed once it is complete and its hash is
/// right. A later download resumes a partial file.
public struct Download: Sendable {
  /// The extension that is added to the name of a partial file.
  static let partExtension = "part"

  private let destination: URL
  private let mirrors: [URL]
  private let checksum: Checksum
  private let limit: Int
  private let searchPath: String

  /// Creates a download.
  ///
  /// - Parameters:
  ///   - destination: The file to write; its folder is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - checksum: The expected hash.
  ///   - limit: The largest size of the file that is accepted, in bytes; a mirror that sends more has another file.
  ///   - searchPath: The directories in which to look for curl, separated by colons.
  public init(
    of destination: URL, from mirrors: [URL], checksum: Checksum, limit: Int,
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) {
    self.destination = destination
    self.mirrors = mirrors
    self.checksum = checksum
    self.limit = limit
    self.searchPath = searchPath
  }

  private var part: URL { destination.appendingPathExtension(Self.partExtension) }

  /// Downloads the file, or checks the hash of an existing file.
  ///
  /// - Parameters:
  ///   - shouldStop: Called several times a second during a transfer; once it returns true, the transfer is broken off,
  ///     and the partial file is kept.
  ///   - progress: Receives a line for each mirror that is tried or fails.
  /// - Throws: ``DatasetError`` if an existing file has another hash, if no mirror serves the file, if the transfer is
  ///   broken off, or if curl is not installed; `FileError` if the folder cannot be written.
  public func run(
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    guard !destination.isPresent else {
      try checksum.verify(destination, origin: destination.shortPath)
      progress("\(destination.shortPath) already exists")
      return
    }
    let curl = try Curl(searchPath: searchPath)
    let created = try makeFolder()
    defer { removeFoldersIfEmpty(created) }
    var failures: [any Error] = []
    for mirror in mirrors {
      progress("downloading \(mirror.absoluteString)")
      do {
        return try fetch(from: mirror, with: curl, stoppingWhen: shouldStop)
      } catch let error as FileError {
        throw error
      } catch {
        guard shouldStop?() != true else { throw DatasetError.stopped(destination) }
        failures.append(error)
        progress("\(error)")
      }
    }
    throw DatasetError(
      "\(destination.shortPath) could not be downloaded; "
        + failures.map { "\($0)" }.joined(separator: "; "),
      isUnreachable: failures.allSatisfy { ($0 as? Curl.Failure)?.isUnreachable == true })
  }

  /// Creates the folder of the file; returns the folders that did not exist.
  private func makeFolder() throws -> [URL] {
    let folder = destination.deletingLastPathComponent()
    let created = try Files.makeFolder(at: folder)
    guard unsafe access(folder.filePath, W_OK) == 0 else {
      throw FileError(folder.shortPath, cannotBe: "written", call: "access", code: errno)
    }
    return created
  }

  /// Downloads the file from one mirror.
  ///
  /// A partial file is resumed. If the mirror does not support that, or if the result has the wrong hash,
  /// the whole file is downloaded.
  private func fetch(
    from mirror: URL, with curl: Curl, stoppingWhen shouldStop: (() -> Bool)?
  ) throws {
    if part.isPresent {
      do {
        return try fetch(from: mirror, with: curl, resuming: true, stoppingWhen: shouldStop)
      } catch let failure as Curl.Failure where failure.forbidsResuming {
      } catch is DatasetError {
        // The complete file from the same mirror may still have the right hash.
      }
    }
    try fetch(from: mirror, with: curl, resuming: false, stoppingWhen: shouldStop)
  }

  private func fetch(
    from mirror: URL, with curl: Curl, resuming: Bool, stoppingWhen shouldStop: (() -> Bool)?
  ) throws {
    try curl.fetch(
      mirror, to: part, resuming: resuming, limit: limit, stoppingWhen: shouldStop)
    do {
      try checksum.verify(part, origin: mirror.absoluteString)
    } catch {
      try removeFile(at: part)
      throw error
    }
    try synchronizeFile(at: part)
    try moveItem(at: part, to: destination)
  }
}

extension DatasetError {
  /// The error for a file whose download, or that of an archive whose unpacking, was broken off on request.
  static func stopped(_ file: URL) -> DatasetError {
    DatasetError("\(file.shortPath): broken off on request; the same download continues it")
  }
}
