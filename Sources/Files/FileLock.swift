import Foundation
import Synchronization

/// What came of an attempt to lock a file.
package enum LockState {
  case taken
  case heldByAnother
  /// The file system has no locks.
  case unknown
}

/// Locks an open file for this process, or finds out that another one has; the system lifts the lock
/// when the file is closed.
package func lockFile(_ descriptor: Int32) -> LockState {
  if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return .taken }
  return errno == EWOULDBLOCK ? .heldByAnother : .unknown
}

/// The name of this host or container, of letters, digits and full stops only.
package let hostName: String = {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
  let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let kept = text.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "." }
  return kept.isEmpty ? "unknown" : String(kept)
}()

extension stat {
  /// When the content was changed last, in seconds.
  package var modificationTime: Int {
    #if canImport(Glibc)
      st_mtim.tv_sec
    #else
      st_mtimespec.tv_sec
    #endif
  }
}

/// Numbers from 0 on, each given once.
final class Counter: Sendable {
  private let value = Atomic(0)

  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// Opens `file` for reading and writing, and makes it where it is not there.
///
/// - Throws: ``FileError``.
package func openFile(at file: URL) throws -> Int32 {
  let descriptor = retrying { open(file.filePath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
  guard descriptor >= 0 else { throw FileError(file, cannotBe: "written", call: "open") }
  return descriptor
}
