import Foundation

/// Makes the process's standard streams safe to write to.
///
/// One that was closed when the process started (`>&-`) is put in order, or the next file that is
/// opened would take its place and receive what is printed. A pipe that nobody reads any more gives
/// an error instead of ending the process.
package func prepareStandardStreams() {
  for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
  where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
    // For reading, so that writing still fails. The lowest free number is that of the stream.
    _ = open("/dev/null", O_RDONLY)
  }
  signal(SIGPIPE, SIG_IGN)
  // A file that is larger than the limit (ulimit -f) gives an error, too.
  signal(SIGXFSZ, SIG_IGN)
}

/// Writes `text` to standard output.
///
/// - Throws: ``FileError``.
package func writeToStandardOutput(_ text: String) throws {
  if let code = writeAll(text, to: STDOUT_FILENO, patience: -1) {
    throw FileError("standard output", cannotBe: "written", call: "write", code: code)
  }
}

/// Writes `text` to standard error as far as that is possible within a second.
package func writeToStandardError(_ text: String) {
  _ = writeAll(text, to: STDERR_FILENO, patience: 1000)
}

private func writeAll(_ text: String, to descriptor: Int32, patience: Int32) -> Int32? {
  Array(text.utf8).withUnsafeBytes { writeAll($0, to: descriptor, patience: patience) }
}

/// Whether a stream is a terminal on which a line can be drawn anew.
///
/// TERM=dumb says that it cannot, and NO_COLOR (no-color.org) that the user wants plain text.
package func isTerminalWithControlCharacters(
  _ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
) -> Bool {
  isatty(descriptor) == 1 && allowsControlCharacters(environment)
}

/// Whether a terminal in such an environment takes control characters.
package func allowsControlCharacters(_ environment: [String: String]) -> Bool {
  let terminal = environment["TERM"] ?? ""
  return !terminal.isEmpty && terminal != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
}
