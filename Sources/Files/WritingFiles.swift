import Foundation

/// Writes a whole file, the one way in which every program here does.
///
/// The content goes to a file of another name in the same folder, all of it, and to the disk; only
/// then it gets its name, and the disk is told of that too. Whatever ends the process or fills the
/// disk meanwhile, `file` holds either what it held before or all of `content`.
///
/// - Throws: ``FileError`` where any of that fails; the file of the other name is then removed.
package func writeFile(_ content: some ContiguousBytes, to file: URL) throws {
  let partial = PartialFile(for: file)
  let descriptor = try partial.create()
  defer { close(descriptor) }
  do {
    let failed = content.withUnsafeBytes { writeAll($0, to: descriptor) }
    if let code = failed {
      throw FileError(file.shortPath, cannotBe: "written", call: "write", code: code)
    }
    guard synchronize(descriptor) else {
      throw FileError(file, cannotBe: "written", call: "fsync")
    }
    guard rename(partial.url.filePath, file.filePath) == 0 else {
      throw FileError(file, cannotBe: "written", call: "rename")
    }
  } catch {
    unlink(partial.url.filePath)
    throw error
  }
  try synchronizeFolder(of: file)
}

/// Writes all bytes to `descriptor`, however few it takes at once.
///
/// - Parameter patience: How many milliseconds to wait each time where it does not take any just
///   now, as a pipe that must not block; −1 for any time.
/// - Returns: `nil`, or the system's error number.
package func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, patience: Int32 = -1
) -> Int32? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let part = UnsafeRawBufferPointer(rebasing: rest)
    let count = retrying { write(descriptor, part.baseAddress, part.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if count == 0 {
      return EIO
    } else if errno != EAGAIN || !isReady(descriptor, within: patience) {
      return errno
    }
  }
  return nil
}

/// Whether `descriptor` takes bytes again before the time is over; else `errno` says why not.
private func isReady(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  let count = retrying { poll(&request, 1, milliseconds) }
  if count == 0 { errno = EAGAIN }
  return count > 0
}

/// Moves a whole file or folder to another name on the same disk.
///
/// - Throws: ``FileError``.
package func moveItem(at source: URL, to destination: URL) throws {
  guard rename(source.filePath, destination.filePath) == 0 else {
    throw FileError(destination, cannotBe: "written", call: "rename")
  }
  try synchronizeFolder(of: destination)
}

/// Has the disk keep what another program has written to `file`.
///
/// - Throws: ``FileError``.
package func synchronizeFile(at file: URL) throws {
  let descriptor = retrying { open(file.filePath, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { throw FileError(file, cannotBe: "synchronised", call: "open") }
  defer { close(descriptor) }
  guard synchronize(descriptor) else {
    throw FileError(file, cannotBe: "synchronised", call: "fsync")
  }
}

/// Removes a file; one that is not there is fine.
///
/// - Throws: ``FileError``.
package func removeFile(at file: URL) throws {
  guard unlink(file.filePath) == 0 || errno == ENOENT else {
    throw FileError(file, cannotBe: "removed", call: "unlink")
  }
}

/// Removes a folder and everything in it, as far as that is possible: for what is of use to nobody.
package func removeTree(at folder: URL) {
  for name in (try? listFolder(at: folder)) ?? [] {
    let item = folder.appending(path: name)
    // A link is removed, not what it leads to.
    if unlink(item.filePath) != 0 { removeTree(at: item) }
  }
  rmdir(folder.filePath)
}

/// Makes a folder and those it lies in, as far as they are not there.
///
/// - Throws: ``FileError``.
package func makeFolder(at folder: URL) throws {
  if mkdir(folder.filePath, 0o777) == 0 || (errno == EEXIST && folder.isExistingDirectory) {
    return
  }
  let parent = folder.standardizedFileURL.deletingLastPathComponent()
  guard errno == ENOENT, parent.filePath != folder.standardizedFileURL.filePath else {
    throw FileError(folder, cannotBe: "made", call: "mkdir")
  }
  try makeFolder(at: parent)
  guard mkdir(folder.filePath, 0o777) == 0 || (errno == EEXIST && folder.isExistingDirectory)
  else { throw FileError(folder, cannotBe: "made", call: "mkdir") }
}

/// Has the disk know of the names in the folder of `file`: without this a power failure may take a
/// new name away again.
private func synchronizeFolder(of file: URL) throws {
  let folder = file.deletingLastPathComponent()
  let descriptor = retrying { open(folder.filePath, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { throw FileError(folder, cannotBe: "synchronised", call: "open") }
  defer { close(descriptor) }
  guard synchronize(descriptor) else {
    throw FileError(folder, cannotBe: "synchronised", call: "fsync")
  }
}

/// Has the disk keep what was written; false with `errno` where it does not.
///
/// Some file systems have nothing to do here, and call it invalid.
private func synchronize(_ descriptor: Int32) -> Bool {
  retrying { fsync(descriptor) } == 0 || errno == EINVAL
}
