import Foundation

/// The result of an attempt to lock a file.
package enum LockState {
  /// This process holds the lock now.
  case taken
  /// Another process holds the lock.
  case heldByAnother
  /// The file system does not support locks.
  case unknown
}

/// Tries to lock an open file for this process; the system releases the lock when the file is closed.
package func lockFile(_ descriptor: Int32) -> LockState {
  if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return .taken }
  return errno == EWOULDBLOCK ? .heldByAnother : .unknown
}

/// Calls `body` while this process holds a lock on `folder`, and returns its result.
///
/// The system releases the lock when the process ends, and the lock leaves no file. A file system without locks is used
/// without one.
///
/// - Parameters:
///   - folder: The folder; it is created if necessary.
///   - waiting: Called before waiting for another process that holds the lock.
///   - body: The work.
/// - Throws: ``FileError`` if the folder cannot be created or opened, or the error of `body`.
package func withLock<Result>(
  on folder: URL, waiting: () -> Void, _ body: () throws -> Result
) throws -> Result {
  try makeFolder(at: folder)
  let descriptor = openFolder(at: folder)
  guard descriptor >= 0 else { throw FileError(folder, cannotBe: "read", call: "open") }
  defer { close(descriptor) }
  if lockFile(descriptor) == .heldByAnother {
    waiting()
    _ = retrying { flock(descriptor, LOCK_EX) }
  }
  return try body()
}

/// Opens `file` for reading and writing, and creates it if it does not exist.
///
/// - Returns: The file descriptor.
/// - Throws: ``FileError``.
package func openFile(at file: URL) throws -> Int32 {
  let descriptor = retrying { unsafe open(file.filePath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
  guard descriptor >= 0 else { throw FileError(file, cannotBe: "written", call: "open") }
  return descriptor
}
