import Foundation

/// Prepares the standard streams so that writing to them is safe, and the process for waiting for programs.
///
/// A stream that was closed when the process started (`>&-`) is opened on /dev/null; otherwise the next
/// opened file would get its number and receive the printed text. Writing to a pipe without a reader gives
/// an error instead of ending the process.
package func prepareStandardStreams() {
  for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
  where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
    // Read-only, so that writing still fails. open returns the lowest free number, that of the stream.
    _ = unsafe open("/dev/null", O_RDONLY)
  }
  signal(SIGPIPE, SIG_IGN)
  // Exceeding the limit on file sizes (ulimit -f) gives an error, too.
  signal(SIGXFSZ, SIG_IGN)
  // A process inherits that this signal is ignored; then the exit status of a program that it starts is lost.
  signal(SIGCHLD, SIG_DFL)
}

/// Reads standard input to its end.
///
/// - Throws: ``FileError`` if it cannot be read, such as a folder.
package func readStandardInput() throws -> Data {
  var content = Data()
  var part = Data(count: 1 << 16)
  while true {
    let count = unsafe part.withUnsafeMutableBytes { buffer in
      retrying { unsafe read(STDIN_FILENO, buffer.baseAddress!, buffer.count) }
    }
    guard count >= 0 else {
      throw FileError("standard input", cannotBe: "read", call: "read", code: errno)
    }
    guard count > 0 else { return content }
    content += part.prefix(count)
  }
}

/// Writes `text` to standard output.
///
/// - Throws: ``FileError``.
package func writeToStandardOutput(_ text: String) throws {
  if let code = writeAll(text, to: STDOUT_FILENO, patience: -1) {
    throw FileError("standard output", cannotBe: "written", call: "write", code: code)
  }
}

/// Writes `text` to standard error, and gives up if the stream accepts no bytes for a second.
package func writeToStandardError(_ text: String) {
  _ = writeAll(text, to: STDERR_FILENO, patience: 1000)
}

private func writeAll(_ text: String, to descriptor: Int32, patience: Int32) -> Int32? {
  unsafe Array(text.utf8).withUnsafeBytes {
    unsafe writeAll($0, to: descriptor, patience: patience)
  }
}

/// Returns whether a stream is a terminal that supports control characters, such as for a progress bar.
///
/// TERM=dumb means that it does not, and NO_COLOR (no-color.org) that the user wants plain text.
package func isTerminalWithControlCharacters(
  _ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
) -> Bool {
  isatty(descriptor) == 1 && allowsControlCharacters(environment)
}

/// Returns whether a terminal in this environment supports control characters.
package func allowsControlCharacters(_ environment: [String: String]) -> Bool {
  let terminal = environment["TERM"] ?? ""
  return !terminal.isEmpty && terminal != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
}
