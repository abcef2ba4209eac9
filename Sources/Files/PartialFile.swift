import Foundation

/// A file that is being written: ".partial-HOST-PROCESS-COUNT-" and the name that it will get.
///
/// Who writes it holds a lock on it (flock), which the system lifts when the process ends, however
/// it ends. What nobody holds any more was left behind by an interruption.
struct PartialFile {
  let url: URL

  /// A name of its own for what will be `file`.
  init(for file: URL) {
    url = file.deletingLastPathComponent()
      .appending(path: "\(namePrefix)\(counter.next())-\(file.lastPathComponent)")
  }

  /// Makes the file, empty and locked.
  func create() throws -> Int32 {
    while true {
      let descriptor = retrying {
        open(url.filePath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else { throw FileError(url, cannotBe: "written", call: "open") }
      _ = lockFile(descriptor)
      // Another process may have taken it for abandoned just before it was locked.
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return descriptor }
      close(descriptor)
    }
  }
}

/// Removes what interrupted processes left in `folder` in the middle of writing.
///
/// A file of another host is left alone for an hour: not every shared disk tells one host what
/// another has locked. One that cannot be removed does no harm.
package func removeLeftovers(in folder: URL) throws {
  for name in try listFolder(at: folder) where name.hasPrefix(".partial-") {
    let file = folder.appending(path: name)
    let descriptor = retrying { open(file.filePath, O_RDWR | O_CLOEXEC) }
    guard descriptor >= 0 else { continue }
    defer { close(descriptor) }
    var status = stat()
    guard lockFile(descriptor) != .heldByAnother, fstat(descriptor, &status) == 0 else { continue }
    let age = time(nil) - status.modificationTime
    if name.hasPrefix(".partial-\(hostName)-") || age > 3600 { unlink(file.filePath) }
  }
}

private let namePrefix = ".partial-\(hostName)-\(getpid())-"
private let counter = Counter()
