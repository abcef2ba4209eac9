import Foundation

/// The size of a file and the time of its last change, which show whether it is the same as before.
package struct FileStatus: Codable, Hashable, Sendable {
  /// The size in bytes.
  package var size: Int
  /// The time of the last change, in nanoseconds since 1970, modulo 2⁶⁴; only to be compared.
  package var modified: Int
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
  return FileStatus(size: Int(status.st_size), modified: status.modificationNanoseconds)
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
      st_mtim.tv_sec &* 1_000_000_000 &+ st_mtim.tv_nsec
    #else
      st_mtimespec.tv_sec &* 1_000_000_000 &+ st_mtimespec.tv_nsec
    #endif
  }
}
