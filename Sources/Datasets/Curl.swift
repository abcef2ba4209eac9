import Files
import Foundation

/// The program curl, which fetches files.
struct Curl {
  /// Why curl did not fetch a file.
  struct Failure: Error, CustomStringConvertible {
    /// The address, and what curl says about it.
    let description: String
    /// Whether the mirror did not answer or does not have the file; else it is something here that
    /// went wrong, such as a disk that is full.
    let isUnreachable: Bool
    /// Whether the server cannot go on where an earlier transfer ended, or nothing is left to send.
    let forbidsResuming: Bool
  }

  private let program: ExternalProgram

  /// Finds curl.
  ///
  /// - Parameter searchPath: The folders to look in, separated by colons.
  /// - Throws: ``DatasetError`` if it is in none of them.
  init(searchPath: String) throws {
    program = try ExternalProgram("curl", searchPath: searchPath)
  }

  /// Fetches a file, showing how far it is if standard error is a terminal.
  ///
  /// - Parameters:
  ///   - source: Its address.
  ///   - destination: Where to write it. What is there stays until the first byte arrives.
  ///   - resuming: Whether to append what is missing to what is there.
  /// - Throws: ``Failure``.
  func fetch(_ source: URL, to destination: URL, resuming: Bool) throws {
    let options = [
      "--fail", "--location", "--retry", "2", "--connect-timeout", "10",
      "--speed-limit", "1000", "--speed-time", "30", "--write-out", "%{errormsg}",
      isTerminalWithControlCharacters(STDERR_FILENO) ? "--progress-bar" : "--silent",
    ]
    let (status, output) = program.run(
      options + (resuming ? ["--continue-at", "-"] : [])
        + ["--output", destination.path, source.absoluteString])
    guard status == 0 else {
      throw Failure(
        description: "\(source.absoluteString): "
          + (output.isEmpty ? "curl ended with status \(status)" : output),
        // Not found, no answer, cut off: what curl's manual lists of servers and networks.
        isUnreachable: [5, 6, 7, 9, 18, 22, 28, 35, 37, 47, 52, 56, 60, 92].contains(status),
        // HTTP status of 400 or more, among them "range not satisfiable"; no ranges; cannot resume.
        forbidsResuming: [22, 33, 36].contains(status))
    }
  }
}
