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

/// Tries to lock a file or folder that this process has just created, for as long as the file is open.
///
/// - Parameters:
///   - descriptor: The open file.
///   - file: The name with which it was created.
/// - Returns: False if another process was faster: before the file is locked, one that removes the leftovers of
///   interrupted processes may remove it, or have locked it in order to do so. A file system without locks counts as a
///   success.
func lockNewFile(_ descriptor: Int32, at file: URL) -> Bool {
  lockFile(descriptor) != .heldByAnother && isOpen(descriptor, at: file)
}

/// Calls `body` while this process holds a lock on `folder`, and returns its result.
///
/// The system releases the lock when the process ends, and the lock leaves no file. An ``ExternalProgram`` that `body`
/// runs holds the lock too: it may outlive this process, if that is killed, and still write into the folder. A file
/// system without locks is used without one.
///
/// - Parameters:
///   - folder: The folder; it is created if necessary, and removed again if `body` leaves it empty.
///   - shouldStop: Called several times a second while another process holds the lock; once it returns true, an error
///     is thrown. Nil to wait until the lock is released.
///   - waiting: Called before waiting for another process that holds the lock.
///   - body: The work.
/// - Throws: ``FileError`` if the folder cannot be created or opened, or if the wait was broken off; the error of
///   `body`.
package func withLock<Result>(
  on folder: URL, stoppingWhen shouldStop: (() -> Bool)? = nil, waiting: () -> Void,
  _ body: () throws -> Result
) throws -> Result {
  var (created, locked): ([URL], Int32?) = ([], nil)
  while locked == nil {
    created += try makeFolder(at: folder)
    let descriptor = openFolder(at: folder)
    guard descriptor >= 0 else {
      // Another process has removed the empty folder since.
      if errno == ENOENT { continue }
      throw FileError(folder, cannotBe: "read", call: "open")
    }
    if lockFile(descriptor) == .heldByAnother {
      waiting()
      while lockFile(descriptor) == .heldByAnother {
        guard shouldStop?() != true else {
          close(descriptor)
          throw FileError(
            folder, found: "a lock of another process", expected: "none", code: EINTR,
            remedy: "wait until that process ends")
        }
        usleep(100_000)
      }
    }
    // The process that held the lock may have removed the folder.
    if isOpen(descriptor, at: folder) { locked = descriptor } else { close(descriptor) }
  }
  let descriptor = locked!
  defer {
    removeFoldersIfEmpty(created)
    close(descriptor)
  }
  return try HeldLocks.$descriptors.withValue(HeldLocks.descriptors + [descriptor], operation: body)
}

/// The locks with which the current task runs.
enum HeldLocks {
  /// The open folders; a program that has one of them open too holds the lock with this process.
  @TaskLocal static var descriptors: [Int32] = []
}

/// Whether the open file or folder is the one that has the name `file` now.
package func isOpen(_ descriptor: Int32, at file: URL) -> Bool {
  var (open, named) = (stat(), stat())
  return unsafe fstat(descriptor, &open) == 0 && stat(file.filePath, &named) == 0
    && open.st_dev == named.st_dev && open.st_ino == named.st_ino
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
