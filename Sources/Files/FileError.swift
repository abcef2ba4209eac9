import Foundation

/// Why a file or folder cannot be read, written or removed: one line with its path, the system
/// call, the system's reason, and what to do.
public struct FileError: LocalizedError, CustomStringConvertible, Sendable {
  /// The line.
  public let description: String
  /// The system's error number, such as `ENOSPC`.
  package let code: Int32

  /// The same line, for code that shows errors through `localizedDescription`.
  public var errorDescription: String? { description }

  /// An error of `call`, which failed with `code` while `path` was being treated as `action` says:
  /// "read", "written", "removed".
  package init(_ path: String, cannotBe action: String, call: String, code: Int32) {
    description =
      "\(path): cannot be \(action) (\(call): \(String(cString: strerror(code)))); \(remedy(code))"
    self.code = code
  }

  /// An error of `call`, which has just failed.
  init(_ file: URL, cannotBe action: String, call: String) {
    self.init(file.shortPath, cannotBe: action, call: call, code: errno)
  }
}

/// What to do after an error of the system, in words that follow a semicolon.
private func remedy(_ code: Int32) -> String {
  switch code {
  case ENOSPC, EDQUOT, EFBIG: "free some space there, then run the same command again"
  case EACCES, EPERM, EROFS: "give this user permission for it, or name another folder"
  case EISDIR, ENOTEMPTY, EEXIST: "move the folder of that name away"
  case ENOTDIR: "move the file away that lies where a folder is expected"
  case ENOENT: "check the path"
  case EIO: "check the disk, then run the same command again"
  case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
  case ENAMETOOLONG: "name a folder with a shorter path"
  case EPIPE, EBADF, EAGAIN: "connect it to something that takes what is written"
  default: "run the same command again"
  }
}

extension URL {
  /// The path as the file system takes it.
  package var filePath: String { path(percentEncoded: false) }

  /// The path as people would type it here: relative to the current directory where it lies inside.
  package var shortPath: String {
    let path = standardizedFileURL.filePath
    let current = URL.currentDirectory().standardizedFileURL.filePath
    let relative = path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
    let trimmed =
      relative.count > 1 && relative.hasSuffix("/") ? relative.dropLast() : relative[...]
    return trimmed.isEmpty ? "." : String(trimmed)
  }
}
