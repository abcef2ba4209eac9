import Foundation

/// Writes a file atomically and durably; all programs of this package write their files this way.
///
/// The content is written to a partial file in the same folder and synchronised to the disk; then the
/// partial file is renamed, and the folder is synchronised. Even if the process ends or the disk fills up,
/// `file` holds either its previous content or all of `content`. If it is a symbolic link, the file that the link names
/// is written.
///
/// - Parameters:
///   - content: The bytes.
///   - file: The file, in a folder that exists; no device or pipe, which the new file would replace, and no symbolic
///     link to nothing.
///   - durably: Whether to wait until the bytes are on the disk, which takes milliseconds. Without this, a power
///     failure may leave an empty file; it suits many files that are written again after an interruption.
/// - Throws: ``FileError`` if a step fails; the partial file is then removed.
package func writeFile(_ content: some ContiguousBytes, to file: URL, durably: Bool = true) throws {
  try writeFiles([(content, file)], durably: durably)
}

/// Writes files that belong together, each as ``writeFile(_:to:durably:)`` does: first all of them completely as partial
/// files, then they are renamed in the order given.
///
/// - Parameters:
///   - files: The bytes of each file and its name.
///   - durably: Whether to wait until the bytes are on the disk.
/// - Throws: ``FileError`` if a step fails; the partial files are then removed. If a file cannot be written, all files
///   are as before; if one cannot be renamed, those before it are replaced already.
package func writeFiles(
  _ files: [(content: some ContiguousBytes, file: URL)], durably: Bool = true
) throws {
  let partials = try files.map { try PartialFile(for: fileItself($0.file)) }
  var descriptors: [Int32] = []
  // The descriptors, and with them the locks, are kept until the files have their final names.
  defer { for descriptor in descriptors { close(descriptor) } }
  do {
    for (partial, (content, _)) in zip(partials, files) {
      let descriptor = try partial.create()
      descriptors.append(descriptor)
      try write(content, to: partial, descriptor, durably: durably)
    }
    for partial in partials {
      guard unsafe rename(partial.url.filePath, partial.file.filePath) == 0 else {
        throw FileError(partial.file, cannotBe: "written", call: "rename")
      }
    }
  } catch {
    for partial in partials { unsafe unlink(partial.url.filePath) }
    throw error
  }
  guard durably else { return }
  for folder in Set(partials.map { $0.file.deletingLastPathComponent() }) {
    try synchronizeFolder(at: folder)
  }
}

/// Writes all bytes of a partial file, which `descriptor` is open for.
private func write(
  _ content: some ContiguousBytes, to partial: PartialFile, _ descriptor: Int32, durably: Bool
) throws {
  if let code = unsafe content.withUnsafeBytes({ unsafe writeAll($0, to: descriptor) }) {
    throw FileError(partial.file.shortPath, cannotBe: "written", call: "write", code: code)
  }
  guard !durably || synchronize(descriptor) else {
    throw FileError(partial.file, cannotBe: "written", call: "fsync")
  }
}

/// The file to write under the name `file`: if that is a symbolic link, the file that it names.
///
/// - Throws: ``FileError`` if it is a folder, a device, a pipe, or a link to nothing.
private func fileItself(_ file: URL) throws -> URL {
  var status = stat()
  guard unsafe lstat(file.filePath, &status) == 0 else {
    guard errno == ENOENT || errno == ENOTDIR else {
      throw FileError(file, cannotBe: "written", call: "lstat")
    }
    guard !file.hasDirectoryPath else {
      throw FileError(
        file, found: "a path that ends in /", expected: "that of a file", code: EISDIR,
        remedy: "append the name of a file")
    }
    // If its folder is missing, that is reported when the partial file is created.
    return file
  }
  let isLink = status.st_mode & S_IFMT == S_IFLNK
  if isLink, unsafe stat(file.filePath, &status) != 0 {
    guard errno == ENOENT else { throw FileError(file, cannotBe: "written", call: "stat") }
    throw FileError(
      file, found: "a symbolic link to nothing", expected: "a file, a link to one, or nothing",
      code: ENOENT, remedy: "remove the link, or name another file")
  }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw FileError(file.shortPath, cannotBe: "written", call: "rename", code: EISDIR)
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw FileError(
      file, found: kind(of: status), expected: "a file, or nothing", code: EINVAL,
      remedy: "name another file")
  }
  return isLink ? file.resolvingSymlinksInPath() : file
}

/// Writes all bytes to `descriptor`, in several calls if necessary.
///
/// - Parameters:
///   - bytes: The bytes.
///   - descriptor: An open file, pipe or terminal.
///   - patience: The time in milliseconds to wait whenever a non-blocking descriptor accepts no bytes;
///     −1 for no limit.
/// - Returns: `nil`, or the system's error number.
package func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, patience: Int32 = -1
) -> Int32? {
  var rest = unsafe bytes[...]
  while unsafe !rest.isEmpty {
    let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
    let count = retrying { unsafe write(descriptor, part.baseAddress, part.count) }
    if count > 0 {
      unsafe rest = rest.dropFirst(count)
    } else if count == 0 {
      return EIO
    } else if errno != EAGAIN || !isReady(descriptor, within: patience) {
      return errno
    }
  }
  return nil
}

/// Waits until `descriptor` accepts bytes; returns false and sets `errno` after the given time.
private func isReady(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  let count = retrying { unsafe poll(&request, 1, milliseconds) }
  if count == 0 { errno = EAGAIN }
  return count > 0
}

/// Renames a file or folder on the same disk, and synchronises the folder.
///
/// - Throws: ``FileError``.
package func moveItem(at source: URL, to destination: URL) throws {
  guard unsafe rename(source.filePath, destination.filePath) == 0 else {
    throw FileError(destination, cannotBe: "written", call: "rename")
  }
  try synchronizeFolder(at: destination.deletingLastPathComponent())
}

/// Synchronises a file that another program has written to the disk.
///
/// - Throws: ``FileError``.
package func synchronizeFile(at file: URL) throws {
  let descriptor = retrying { unsafe open(file.filePath, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { throw FileError(file, cannotBe: "synchronised", call: "open") }
  defer { close(descriptor) }
  guard synchronize(descriptor) else {
    throw FileError(file, cannotBe: "synchronised", call: "fsync")
  }
}

/// Removes a file if it exists.
///
/// - Throws: ``FileError``.
package func removeFile(at file: URL) throws {
  guard unsafe unlink(file.filePath) == 0 || errno == ENOENT else {
    throw FileError(file, cannotBe: "removed", call: "unlink")
  }
}

/// Removes a folder with its content, or a file, and ignores errors: for temporary files. A symbolic link is removed
/// without its target.
package func removeTree(at folder: URL) {
  // This fails for a folder.
  if unsafe unlink(folder.filePathWithoutSlash) == 0 { return }
  for name in (try? listFolder(at: folder)) ?? [] {
    removeTree(at: folder.appending(path: name))
  }
  unsafe rmdir(folder.filePath)
}

/// Creates a folder and its parent folders if they do not exist; none of them is left if one cannot be created.
///
/// - Returns: The folders that did not exist, the outermost first; see ``removeFoldersIfEmpty(_:)``.
/// - Throws: ``FileError``.
@discardableResult
package func makeFolder(at folder: URL) throws -> [URL] {
  var (code, isNew) = outcomeOfMaking(folder)
  var outer: [URL] = []
  let parent = folder.standardizedFileURL.deletingLastPathComponent()
  // The current folder may have been removed, and cannot be made again under such a name.
  if code == ENOENT, ![".", "..", "/"].contains(parent.lastPathComponent) {
    outer = try makeFolder(at: parent)
    (code, isNew) = outcomeOfMaking(folder)
  }
  if let code {
    removeFoldersIfEmpty(outer)
    throw FileError(folder.shortPath, cannotBe: "created", call: "mkdir", code: code)
  }
  return outer + (isNew ? [folder] : [])
}

/// Creates one folder; returns nil if it exists then, otherwise the system's error number, which is ENOTDIR if a file is
/// in the way; and whether it did not exist.
private func outcomeOfMaking(_ folder: URL) -> (code: Int32?, isNew: Bool) {
  while unsafe mkdir(folder.filePath, 0o777) != 0 {
    // Later calls may change it.
    let code = errno
    guard code == EEXIST else { return (code, false) }
    if folder.isExistingDirectory { return (nil, false) }
    // Otherwise another process has removed it since.
    if folder.isPresent { return (ENOTDIR, false) }
  }
  return (nil, true)
}

/// Removes those of the folders that are empty, and ignores errors.
///
/// A function that creates folders calls this at its end, so that it leaves none if it fails before it has written
/// anything.
///
/// - Parameter created: Folders that `makeFolder` has created, the outermost first.
package func removeFoldersIfEmpty(_ created: [URL]) {
  for folder in created.reversed() { removeFolderIfEmpty(at: folder) }
}

/// Removes a folder if it is empty, and ignores errors.
package func removeFolderIfEmpty(at folder: URL) {
  unsafe rmdir(folder.filePath)
}

/// Synchronises a folder to the disk; without this, a power failure may undo a new name in it.
func synchronizeFolder(at folder: URL) throws {
  let descriptor = retrying { unsafe open(folder.filePath, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { throw FileError(folder, cannotBe: "synchronised", call: "open") }
  defer { close(descriptor) }
  guard synchronize(descriptor) else {
    throw FileError(folder, cannotBe: "synchronised", call: "fsync")
  }
}

/// Synchronises an open file or folder to the disk; returns false and sets `errno` on failure.
///
/// Some file systems do not support this and report EINVAL, which is not a failure.
private func synchronize(_ descriptor: Int32) -> Bool {
  retrying { fsync(descriptor) } == 0 || errno == EINVAL
}
