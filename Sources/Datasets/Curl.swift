import Foundation

/// The program curl, which fetches files.
struct Curl {
  /// Why curl did not fetch a file.
  struct Failure: Error, CustomStringConvertible {
    /// The address, and what curl says about it.
    let description: String
    /// Whether the server cannot go on where an earlier transfer ended, or nothing is left to send.
    let forbidsResuming: Bool
  }

  private let path: String

  /// Finds curl.
  ///
  /// - Parameter searchPath: The folders to look in, separated by colons.
  /// - Throws: ``DatasetError`` if it is in none of them.
  init(searchPath: String) throws {
    let candidates = searchPath.split(separator: ":").map { "\($0)/curl" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw DatasetError(
        "curl", found: "no such program", expected: "it on the PATH; try: apt-get install curl")
    }
    self.path = path
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
      isatty(STDERR_FILENO) == 1 ? "--progress-bar" : "--silent",
    ]
    let (status, output) = run(
      options + (resuming ? ["--continue-at", "-"] : [])
        + ["--output", destination.path, source.absoluteString])
    guard status == 0 else {
      throw Failure(
        description: "\(source.absoluteString): "
          + (output.isEmpty ? "curl ended with status \(status)" : output),
        // HTTP status of 400 or more, among them "range not satisfiable"; no ranges; cannot resume.
        forbidsResuming: [22, 33, 36].contains(status))
    }
  }

  /// Runs curl and returns its exit status and what it wrote to standard output.
  ///
  /// Foundation's `Process` would start it in a process group of its own, out of reach of the
  /// terminal's interrupt key: curl would go on after its parent.
  private func run(_ arguments: [String]) -> (status: Int32, output: String) {
    let words = ["exec", path] + arguments
    let command = words.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }
    guard let pipe = popen(command.joined(separator: " "), "r") else {
      return (-1, String(cString: strerror(errno)))
    }
    var output: [UInt8] = []
    while case let byte = getc(pipe), byte != EOF { output.append(UInt8(byte)) }
    let waitStatus = pclose(pipe)
    let signal = waitStatus & 0x7f
    let status = signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal
    return (status, String(decoding: output, as: UTF8.self))
  }
}
