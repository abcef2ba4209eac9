import CSpawn
import Foundation

/// Writes a folder with all its content, or nothing.
///
/// The content is written into a partial folder beside `folder`, named like the partial version of a file
/// (".partial-HOST-PROCESS-COUNT-" and the beginning of the final name), and synchronised to the disk; then the partial folder is
/// renamed, or exchanges names with the folder that it replaces: at each moment a complete folder has the name. The
/// process holds a lock on it (flock). Partial versions of `folder` without a lock, which
/// interrupted processes of this host have left, are removed first.
///
/// - Parameters:
///   - folder: The folder; its parent folders are created if necessary.
///   - replacing: Whether a folder that exists is replaced; otherwise it must not exist, or be empty. A file or a
///     symbolic link is never replaced. The file system must be able to exchange two names, which NFS cannot.
///   - fill: Writes the content into the folder that it is given. The files need not be written durably.
/// - Throws: ``FileError`` if a step fails, or the error of `fill`; the partial folder and the parent folders that were
///   created are then removed. Only if the new name cannot be synchronised to the disk is the folder new in spite of
///   the error.
package func writeFolder(
  at folder: URL, replacing: Bool = false, _ fill: (_ partial: URL) throws -> Void
) throws {
  if folder.isPresent, !folder.isFolderItself {
    throw FileError(
      folder, found: "a file or a symbolic link", expected: "a folder, or nothing", code: ENOTDIR,
      remedy: "move it away, or name another folder")
  }
  let created = try makeFolder(at: folder.deletingLastPathComponent())
  defer { removeFoldersIfEmpty(created) }
  removeLeftovers(of: folder)
  let (partial, descriptor) = try makeLockedPartialFolder(for: folder)
  defer { close(descriptor) }
  do {
    try fill(partial)
    try synchronizeTree(at: partial, descriptor)
    if replacing, folder.isPresent {
      try exchangeNames(of: partial, and: folder)
      try synchronizeFolder(at: folder.deletingLastPathComponent())
      // The old folder, which has the name of a partial version.
      removeTree(at: partial)
    } else {
      try moveItem(at: partial, to: folder)
    }
  } catch {
    removeTree(at: partial)
    throw error
  }
}

/// Makes the partial version of `folder`, empty and locked, and opens it.
private func makeLockedPartialFolder(
  for folder: URL
) throws -> (partial: URL, descriptor: Int32) {
  while true {
    let partial = PartialFile(for: folder).url
    try makeFolder(at: partial)
    let descriptor = openFolder(at: partial)
    if descriptor >= 0 {
      if lockNewFile(descriptor, at: partial) { return (partial, descriptor) }
      close(descriptor)
    } else if errno != ENOENT {
      let error = FileError(partial, cannotBe: "read", call: "open")
      removeTree(at: partial)
      throw error
    }
  }
}

/// Exchanges the names of two folders on the same disk in one step.
///
/// - Throws: ``FileError``, about `folder`, if that fails, or if the file system cannot do it.
private func exchangeNames(of partial: URL, and folder: URL) throws {
  #if canImport(Glibc)
    let exchange: UInt32 = 2  // RENAME_EXCHANGE
    let result = unsafe renameat2(
      AT_FDCWD, partial.filePath, AT_FDCWD, folder.filePathWithoutSlash, exchange)
  #else
    let result = unsafe renamex_np(
      partial.filePath, folder.filePathWithoutSlash, UInt32(RENAME_SWAP))
  #endif
  guard result != 0 else { return }
  if [EINVAL, ENOSYS, ENOTSUP, EXDEV].contains(errno) {
    throw FileError(
      folder, found: "a folder, which this file system cannot replace in one step",
      expected: "nothing there", code: errno, remedy: "move it away, or name another folder")
  }
  throw FileError(folder, cannotBe: "written", call: "rename")
}

/// Removes the partial versions of `folder` that interrupted processes of this host have left.
private func removeLeftovers(of folder: URL) {
  let parent = folder.deletingLastPathComponent()
  for name in (try? listFolder(at: parent)) ?? [] {
    // The name of a host has no hyphen.
    let parts = name.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == ".partial", parts[1] == hostName,
      parts[4] == partialName(of: folder)
    else { continue }
    let partial = parent.appending(path: name)
    let descriptor = openFolder(at: partial)
    guard descriptor >= 0 else { continue }
    defer { close(descriptor) }
    if lockFile(descriptor) == .taken { removeTree(at: partial) }
  }
}

/// Opens a folder for locking and synchronising; returns a negative number and sets `errno` on failure.
func openFolder(at folder: URL) -> Int32 {
  retrying { unsafe open(folder.filePath, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
}

/// Synchronises all files and folders in `folder`, which `descriptor` is open for, to the disk.
private func synchronizeTree(at folder: URL, _ descriptor: Int32) throws {
  #if canImport(Glibc)
    // One call for everything takes much less time than one for each of many small files.
    guard retrying({ syncfs(descriptor) }) == 0 else {
      throw FileError(folder, cannotBe: "synchronised", call: "syncfs")
    }
  #else
    try synchronizeEach(in: folder)
  #endif
}

#if !canImport(Glibc)
  /// Synchronises all files and folders in `folder`, one after the other.
  private func synchronizeEach(in folder: URL) throws {
    for name in try listFolder(at: folder) {
      let item = folder.appending(path: name)
      if item.isExistingDirectory {
        try synchronizeEach(in: item)
      } else {
        try synchronizeFile(at: item)
      }
    }
    try synchronizeFile(at: folder)
  }
#endif
