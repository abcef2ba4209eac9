import Files
import Foundation

/// A lock that prevents two processes from writing the record of a chapter in one OUT, or from carrying out the same
/// training run there, where they would remove each other's checkpoints.
///
/// The file contains host and process, and is locked (flock) until the process ends for any reason. Network file
/// systems do not always share locks between hosts, so the file's modification time is also updated every
/// minute: a lock file of another host that was updated in the last three minutes counts as locked. On a disk without
/// locks, one of this host counts as locked while its process runs.
package final class RunLock {
  /// The end of the name of each lock file.
  static let suffix = ".lock"

  private let file: URL
  private let descriptor: Int32
  private let heartbeat: any DispatchSourceTimer

  /// Takes the lock in `file` for a chapter or a training run called `name`.
  ///
  /// - Throws: ``BusyError`` if another process has it; `FileError` if it cannot be written.
  package init(_ file: URL, for name: String, host: String = hostName) throws {
    self.file = file
    var taken: Int32?
    let folder = file.deletingLastPathComponent()
    while taken == nil {
      // A process that ends removes directories that it leaves empty, also between the next two calls.
      try makeFolder(at: folder)
      let descriptor: Int32
      do {
        descriptor = try openFile(at: file)
      } catch let error as FileError where error.code == ENOENT && !file.isSymbolicLink {
        // The folder was removed, although it may still be seen for a moment. A link would be one to nothing.
        continue
      }
      do {
        try RunLock.take(descriptor, file, name, host)
      } catch {
        close(descriptor)
        throw error
      }
      // Another process may have released the lock, and removed its file, since this one opened it.
      if isOpen(descriptor, at: file) { taken = descriptor } else { close(descriptor) }
    }
    let descriptor = taken!
    self.descriptor = descriptor
    heartbeat = DispatchSource.makeTimerSource()
    heartbeat.schedule(deadline: .now() + 60, repeating: 60)
    heartbeat.setEventHandler { futimens(descriptor, nil) }
    // The handler may still run when the lock is released; it never meets a closed descriptor.
    heartbeat.setCancelHandler { close(descriptor) }
    heartbeat.activate()
  }

  /// Checks that no process holds a lock in `folder`, such as before it is removed; a lock file without a process is
  /// removed.
  ///
  /// - Throws: ``BusyError`` if a process holds one; `FileError` if a file cannot be read or written.
  package static func requireNone(in folder: URL) throws {
    for path in try listFiles(at: ".", of: folder) where path.hasSuffix(suffix) {
      try RunLock(folder.appending(path: path), for: "a program").release()
    }
  }

  private static func take(
    _ descriptor: Int32, _ file: URL, _ name: String, _ host: String
  ) throws {
    let state = lockFile(descriptor)
    let text = String(decoding: try readFileIfPresent(at: file) ?? Data(), as: UTF8.self)
    let owner = text.split(separator: " ").map(String.init)
    let isElsewhere = owner.count == 2 && owner[0] != host
    var status = stat()
    let isFresh = unsafe fstat(descriptor, &status) == 0 && status.age < 180
    if state == .heldByAnother || (isElsewhere && isFresh)
      || (state == .unknown && owner.count == 2 && isOtherProcess(owner[1]))
    {
      let process = owner.count == 2 ? "process \(owner[1]) on host \(owner[0])" : "another process"
      throw BusyError(
        "\(file.shortPath): found \(name) already running there as \(process), expected no other run; "
          + "wait until it ends, or give another OUT (--out)"
          + (isElsewhere ? "; if that host is gone, remove this file" : ""))
    }
    let content = "\(host) \(getpid())"
    ftruncate(descriptor, 0)
    let failed = unsafe Data(content.utf8).withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
    if let code = failed {
      throw FileError(file.shortPath, cannotBe: "written", call: "write", code: code)
    }
  }

  /// Releases the lock.
  package func release() {
    if isOpen(descriptor, at: file) { unsafe unlink(file.filePath) }
    heartbeat.cancel()
  }
}

/// Whether a process with this identifier runs on this host, and is not this one.
private func isOtherProcess(_ identifier: String) -> Bool {
  guard let process = Int32(identifier), process != getpid() else { return false }
  return isProcessRunning(process)
}
