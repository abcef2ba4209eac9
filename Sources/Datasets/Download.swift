import Files
import Foundation

/// How to tell whether a file is the one that was wanted.
public enum Checksum: Sendable {
  /// The SHA-256, in hexadecimal, of the content once decompressed. Copies of a file that were
  /// compressed by different programs have the same.
  case uncompressedSHA256(String)
  /// The MD5, in hexadecimal, of the file as it is.
  case md5(String)

  /// Checks a file.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - origin: What the error calls it.
  /// - Throws: ``DatasetError`` if the file is not the one that was wanted, ``Files/FileError`` if it
  ///   cannot be read.
  func verify(_ file: URL, origin: String) throws {
    switch self {
    case .uncompressedSHA256(let expected):
      let content = try uncompressedContent(of: file, origin: origin)
      try compare("SHA-256", sha256Hex(content), with: expected, of: content, origin: origin)
    case .md5(let expected):
      let content = [UInt8](try readFile(at: file))
      try compare("MD5", md5Hex(content), with: expected, of: content, origin: origin)
    }
  }

  private func compare(
    _ kind: String, _ sum: String, with expected: String, of content: [UInt8], origin: String
  ) throws {
    guard sum == expected else {
      throw DatasetError(
        origin,
        found: looksLikeWebPage(content) ? "what looks like a web page" : "\(kind) \(sum)",
        expected: "content with \(kind) \(expected)")
    }
  }
}

/// A file to be fetched from the first of several mirrors that serves it as it should be.
///
/// The file arrives under its name with ".part" added, in the same folder, and gets its name only
/// once it is whole and right. What an interrupted download leaves there is continued by the next.
public struct Download: Sendable {
  /// What the name of a file ends in while it is being fetched.
  static let partExtension = "part"

  private let destination: URL
  private let mirrors: [URL]
  private let checksum: Checksum
  private let searchPath: String

  /// A file to be fetched.
  ///
  /// - Parameters:
  ///   - destination: What it is to be called here; its folder is made if need be.
  ///   - mirrors: The addresses to try, in this order.
  ///   - checksum: How to tell that it is right.
  ///   - searchPath: The folders to look for curl in, separated by colons.
  public init(
    of destination: URL, from mirrors: [URL], checksum: Checksum,
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) {
    self.destination = destination
    self.mirrors = mirrors
    self.checksum = checksum
    self.searchPath = searchPath
  }

  private var part: URL { destination.appendingPathExtension(Self.partExtension) }

  /// Fetches the file unless it is there.
  ///
  /// - Parameter progress: Gets a line now and then about what is being done.
  /// - Throws: ``DatasetError`` if the file is there but is not the right one, if no mirror serves
  ///   it, if curl is not installed, or if nothing can be written to the folder.
  public func run(progress: (String) -> Void) throws {
    guard !destination.isPresent else {
      try checksum.verify(destination, origin: destination.path)
      progress("\(destination.path) is already there")
      return
    }
    let curl = try Curl(searchPath: searchPath)
    try makeFolder()
    var failures: [any Error] = []
    for mirror in mirrors {
      progress("downloading \(mirror.absoluteString)")
      do {
        return try fetch(from: mirror, with: curl)
      } catch let error as FileError {
        throw error
      } catch {
        failures.append(error)
        progress("\(error)")
      }
    }
    throw DatasetError(
      "\(destination.path) could not be downloaded; "
        + failures.map { "\($0)" }.joined(separator: "; "),
      isUnreachable: failures.allSatisfy { ($0 as? Curl.Failure)?.isUnreachable == true })
  }

  private func makeFolder() throws {
    let folder = destination.deletingLastPathComponent()
    try Files.makeFolder(at: folder)
    guard access(folder.filePath, W_OK) == 0 else {
      throw DatasetError(
        folder.path, found: "a folder without permission to write",
        expected: "a folder to download to")
    }
  }

  /// Fetches the file from one mirror: what is missing of it, if some is there already, and all of
  /// it if the mirror cannot do that or the two pieces do not make the right file.
  private func fetch(from mirror: URL, with curl: Curl) throws {
    if part.isPresent {
      do {
        return try fetch(from: mirror, with: curl, resuming: true)
      } catch let failure as Curl.Failure where !failure.forbidsResuming {
        throw failure
      } catch {
        // The whole file from this same mirror may still be right.
      }
    }
    try fetch(from: mirror, with: curl, resuming: false)
  }

  private func fetch(from mirror: URL, with curl: Curl, resuming: Bool) throws {
    try curl.fetch(mirror, to: part, resuming: resuming)
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
