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
  var status = stat()
  guard unsafe stat(file.filePath, &status) == 0 else {
    if [ENOENT, ENOTDIR, ELOOP].contains(errno) { return nil }
    throw FileError(file, cannotBe: "read", call: "stat")
  }
  return FileStatus(
    size: Int(status.st_size), modified: status.modificationNanoseconds,
    changed: status.changeNanoseconds)
}

extension stat {
  /// The seconds since the last change of the content; a file may be dated centuries away.
  package var age: Int {
    let (age, overflows) = time(nil).subtractingReportingOverflow(modificationTime)
    return overflows ? (modificationTime < 0 ? .max : .min) : age
  }

  /// The time of the last change of the content, in seconds since 1970.
  package var modificationTime: Int {
    #if canImport(Glibc)
      st_mtim.tv_sec
    #else
      st_mtimespec.tv_sec
    #endif
  }

  /// The time of the last change of the content, in nanoseconds since 1970, modulo 2⁶⁴: a file may be dated centuries
  /// away.
  var modificationNanoseconds: Int {
    #if canImport(Glibc)
      nanoseconds(st_mtim)
    #else
      nanoseconds(st_mtimespec)
    #endif
  }

  /// The time of the last change of the content, the name or the rights, in the same unit.
  var changeNanoseconds: Int {
    #if canImport(Glibc)
      nanoseconds(st_ctim)
    #else
      nanoseconds(st_ctimespec)
    #endif
  }
}

/// A time in nanoseconds, modulo 2⁶⁴.
private func nanoseconds(_ time: timespec) -> Int {
  time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
}
