import Foundation

/// The size of a file and the times of its last changes, which show whether it is the same as before.
package struct FileStatus: Codable, Hashable, Sendable {
  /// The size in bytes.
  package var size: Int
  /// The time of the last change of the content, in nanoseconds since 1970, modulo 2⁶⁴; only to be compared. A program
  /// can set it, such as when it unpacks an archive.
  package var modified: Int
  /// The time of the last change of the content, the name or the rights, in the same unit.
  package var changed: Int
}

/// Returns the status of a file, or of the file that a symbolic link names; nil if there is none.
///
/// - Throws: ``FileError`` if its folder cannot be searched.
package func fileStatus(at file: URL) throws -> FileStatus? {
  try statusIfPresent(of: file).map { status in
    FileStatus(
      size: Int(status.st_size), modified: nanoseconds(status.st_mtim),
      changed: nanoseconds(status.st_ctim))
  }
}

/// The device and inode number of a file or folder: the same for every path that leads to it.
package struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let number: ino_t

  /// The identity of what is at `url`, or of what a symbolic link there names; nil if nothing is there.
  ///
  /// - Throws: ``FileError`` if its folder cannot be searched.
  package init?(of url: URL) throws {
    guard let status = try statusIfPresent(of: url) else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}

/// The system's status of what is at `url`, or of what a symbolic link there names; nil if nothing is there.
///
/// - Throws: ``FileError`` if that cannot be found out, such as in a folder without the right to search it.
func statusIfPresent(of url: URL) throws -> stat? {
  var status = stat()
  guard unsafe stat(url.filePath, &status) == 0 else {
    // A link may lead to nothing or to itself.
    if [ENOENT, ENOTDIR, ELOOP].contains(errno) { return nil }
    throw FileError(url, cannotBe: "read", call: "stat")
  }
  return status
}

extension stat {
  /// The seconds since the last change of the content; a file may be dated centuries away.
  package var age: Int {
    let (age, overflows) = time(nil).subtractingReportingOverflow(modificationTime)
    return overflows ? (modificationTime < 0 ? .max : .min) : age
  }

  /// The time of the last change of the content, in seconds since 1970.
  package var modificationTime: Int { st_mtim.tv_sec }

  #if !canImport(Glibc)
    /// The field's name on Linux.
    var st_mtim: timespec { st_mtimespec }
    /// The field's name on Linux.
    var st_ctim: timespec { st_ctimespec }
  #endif
}

/// A time in nanoseconds, modulo 2⁶⁴: a file may be dated centuries away.
private func nanoseconds(_ time: timespec) -> Int {
  time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
}
