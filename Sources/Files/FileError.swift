import Foundation

/// An error in reading, writing or removing a file or folder, or in starting a program, in one line.
public struct FileError: OneLineError {
  /// The path, the reason, and what to do.
  public let description: String
  /// The reason alone: the system's words, or what was found and what was expected.
  package let reason: String
  /// The system's error number, such as `ENOSPC`.
  package let code: Int32

  /// Creates an error with a complete line as its description.
  ///
  /// - Parameters:
  ///   - description: The line.
  ///   - reason: The reason alone; by default, the system's words for the error number.
  ///   - code: The system's error number.
  init(_ description: String, reason: String? = nil, code: Int32) {
    (self.description, self.code) = (description, code)
    self.reason = reason ?? systemReason(for: code)
  }

  /// Creates an error for a file that is not as expected.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - found: What was found.
  ///   - expected: What was expected.
  ///   - code: The error number that fits best.
  ///   - remedy: What to do.
  init(_ file: URL, found: String, expected: String, code: Int32, remedy: String) {
    let reason = "found \(found), expected \(expected)"
    self.init("\(file.shortPath): \(reason); \(remedy)", reason: reason, code: code)
  }

  /// Creates an error for a failed system call.
  ///
  /// - Parameters:
  ///   - path: The file's path, or another name of the object.
  ///   - action: The participle that follows "cannot be": "read", "written", "removed".
  ///   - call: The name of the system call.
  ///   - code: The error number of the call.
  package init(_ path: String, cannotBe action: String, call: String, code: Int32) {
    self.init(
      "\(path): cannot be \(action) (\(call): \(systemReason(for: code))); \(remedy(code))",
      code: code)
  }

  /// Creates an error for a system call that has just set `errno`.
  init(_ file: URL, cannotBe action: String, call: String) {
    // First, because the calls that find the short path may change it.
    let code = errno
    self.init(file.shortPath, cannotBe: action, call: call, code: code)
  }
}

/// Returns the system's words for an error number: "No space left on device" for `ENOSPC`.
package func systemReason(for code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// Returns what to do after a system error, in words that follow a semicolon.
private func remedy(_ code: Int32) -> String {
  switch code {
  case ENOSPC, EDQUOT: "free some space there, then run the same command again"
  case EFBIG: "raise the limit on file sizes (ulimit -f), or name a folder on another disk"
  case EACCES, EPERM, EROFS: "give this user permission for it, or name another folder"
  case EISDIR, ENOTEMPTY, EEXIST: "move the folder of that name away"
  case ENOTDIR: "move away the file that lies where a folder is expected"
  case ENOENT: "check the path"
  case ELOOP: "remove the symbolic link that leads back to itself"
  case EIO: "check the disk, then run the same command again"
  case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
  case ENAMETOOLONG: "name a folder with a shorter path"
  case EPIPE, EBADF, EAGAIN: "connect it to a terminal, a file, or a program that reads it"
  default: "run the same command again"
  }
}

extension URL {
  /// The path in the form that system calls take.
  package var filePath: String { path(percentEncoded: false) }

  /// The path for messages: relative to the current directory if it lies inside.
  package var shortPath: String {
    let path = standardizedFileURL.filePath
    let current = URL.currentDirectory().standardizedFileURL.filePath
    let relative = path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
    let trimmed =
      relative.count > 1 && relative.hasSuffix("/") ? relative.dropLast() : relative[...]
    return trimmed.isEmpty ? "." : String(trimmed)
  }
}
