import Foundation
import Synchronization

/// A file that is being written, named ".partial-HOST-PROCESS-COUNT-" and the beginning of its final name.
///
/// The writing process holds a lock on it (flock), which the system releases when the process ends for
/// any reason. A partial file without a lock is therefore a leftover of an interrupted process.
struct PartialFile {
  /// The partial file.
  let url: URL
  /// The final file, which errors name.
  let file: URL

  /// Chooses a unique name for the partial version of `file`.
  init(for file: URL) {
    self.file = file
    url = file.deletingLastPathComponent()
      .appending(path: "\(namePrefix)\(counter.next())-\(partialName(of: file))")
  }

  /// Creates the partial file, empty and locked, and returns its descriptor.
  ///
  /// - Throws: ``FileError``, about the final file.
  func create() throws -> Int32 {
    while true {
      let descriptor = retrying {
        unsafe open(url.filePath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else { throw FileError(file, cannotBe: "written", call: "open") }
      if lockNewFile(descriptor, at: url) { return descriptor }
      close(descriptor)
    }
  }
}

/// Removes the partial files of interrupted processes in `folder`.
///
/// A file of another host is kept for an hour, because not every shared disk shows the locks of other
/// hosts; so is every file on a disk without locks. A file that cannot be removed is ignored.
///
/// - Throws: ``FileError`` if the folder cannot be listed.
package func removeLeftovers(in folder: URL) throws {
  for name in try listFolder(at: folder) where name.hasPrefix(".partial-") {
    let file = folder.appending(path: name)
    let descriptor = retrying { unsafe open(file.filePath, O_RDWR | O_CLOEXEC) }
    guard descriptor >= 0 else { continue }
    defer { close(descriptor) }
    var status = stat()
    let state = lockFile(descriptor)
    guard state != .heldByAnother, unsafe fstat(descriptor, &status) == 0 else { continue }
    let isOrphaned = state == .taken && name.hasPrefix(".partial-\(hostName)-")
    if isOrphaned || status.age > 3600 { unsafe unlink(file.filePath) }
  }
}

/// The beginning of the name of `file` that its partial version contains: all of it, unless the system could not store
/// a name that is longer by the other parts.
func partialName(of file: URL) -> String {
  var name = file.lastPathComponent
  while name.utf8.count > 120 { name.removeLast() }
  return name
}

private let namePrefix = ".partial-\(hostName)-\(getpid())-"
private let counter = Counter()

/// A thread-safe counter.
private final class Counter: Sendable {
  private let value = Atomic(0)

  /// Returns 0, 1, 2 and so on, each number once.
  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
