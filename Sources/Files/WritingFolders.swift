import CSpawn
import Foundation

/// Writes a folder with all its content, or nothing.
///
/// The content is written into a partial folder beside `folder`, named like the partial version of a file
/// (".partial-HOST-PROCESS-COUNT-" and the final name), and synchronised to the disk; then the partial folder is
/// renamed. The process holds a lock on it (flock). Partial versions of `folder` without a lock, which
/// interrupted processes of this host have left, are removed first.
///
/// - Parameters:
///   - folder: The folder; its parent folders are created if necessary.
///   - replacing: Whether a folder that exists is replaced; otherwise it must not exist, or be empty. A file or a
///     symbolic link is never replaced.
///   - fill: Writes the content into the folder that it is given. The files need not be written durably.
/// - Throws: ``FileError`` if a step fails, or the error of `fill`; the partial folder is then removed.
package func writeFolder(
  at folder: URL, replacing: Bool = false, _ fill: (_ partial: URL) throws -> Void
) throws {
  if folder.isPresent, !folder.isFolderItself {
    throw FileError(
      folder, found: "a file or a symbolic link", expected: "a folder, or nothing", code: ENOTDIR,
      remedy: "move it away, or name another folder")
  }
  try makeFolder(at: folder.deletingLastPathComponent())
  removeLeftovers(of: folder)
  let partial = PartialFile(for: folder).url
  try makeFolder(at: partial)
  do {
    let descriptor = openFolder(at: partial)
    guard descriptor >= 0 else { throw FileError(partial, cannotBe: "read", call: "open") }
    defer { close(descriptor) }
    _ = lockFile(descriptor)
    try fill(partial)
    try synchronizeTree(at: partial, descriptor)
    // Under the name of a partial version, what an interruption leaves of the old folder is removed next time.
    let old = PartialFile(for: folder).url
    let isReplaced = replacing && folder.isPresent
    if isReplaced { try moveItem(at: folder, to: old) }
    do {
      try moveItem(at: partial, to: folder)
    } catch {
      if isReplaced { try? moveItem(at: old, to: folder) }
      throw error
    }
    if isReplaced { removeTree(at: old) }
  } catch {
    removeTree(at: partial)
    throw error
  }
}

/// Removes the partial versions of `folder` that interrupted processes of this host have left.
private func removeLeftovers(of folder: URL) {
  let parent = folder.deletingLastPathComponent()
  for name in (try? listFolder(at: parent)) ?? [] {
    // The name of a host has no hyphen.
    let parts = name.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == ".partial", parts[1] == hostName,
      parts[4] == folder.lastPathComponent
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
