import Files
import Foundation

/// The program curl, which downloads files.
struct Curl {
  /// An error of one transfer.
  struct Failure: OneLineError {
    /// The address and curl's message.
    let description: String
    /// Whether the mirror did not answer or does not have the file; false for a local error, such as a
    /// full disk.
    let isUnreachable: Bool
    /// Whether the server cannot resume an earlier transfer, or nothing is left to send.
    let forbidsResuming: Bool
  }

  private let program: ExternalProgram

  /// Finds curl.
  ///
  /// - Parameter searchPath: The directories in which to look, separated by colons.
  /// - Throws: ``DatasetError`` if no directory has curl.
  init(searchPath: String) throws {
    program = try ExternalProgram(required: "curl", searchPath: searchPath)
  }

  /// Downloads a file, with a progress bar if standard error is a terminal.
  ///
  /// - Parameters:
  ///   - source: The file's address.
  ///   - destination: The file to write. An existing file is replaced when the first byte arrives.
  ///   - resuming: Whether to append to an existing file the bytes that it lacks.
  ///   - limit: The largest size of the file that is accepted, in bytes.
  ///   - shouldStop: Called several times a second; the transfer is broken off once it returns true.
  /// - Throws: ``Failure``; ``DatasetError`` if the file has become larger than the limit, and is removed; `FileError`
  ///   if curl cannot be started.
  func fetch(
    _ source: URL, to destination: URL, resuming: Bool, limit: Int,
    stoppingWhen shouldStop: (() -> Bool)?
  ) throws {
    let options = [
      "--fail", "--location", "--retry", "2", "--connect-timeout", "10",
      "--speed-limit", "1000", "--speed-time", "30", "--max-filesize", "\(limit)",
      "--write-out", "%{errormsg}",
      isTerminalWithControlCharacters(STDERR_FILENO) ? "--progress-bar" : "--silent",
    ]
    // Before its version 8.4, curl limits the size only where the server announces it.
    let isTooLarge = { (try? fileStatus(at: destination))?.size ?? 0 > limit }
    let (status, output, _) = try program.run(
      options + (resuming ? ["--continue-at", "-"] : [])
        + ["--output", destination.filePath, source.absoluteString], standardError: .inherited,
      stoppingWhen: { shouldStop?() == true || isTooLarge() })
    guard !isTooLarge() else {
      try removeFile(at: destination)
      throw DatasetError(
        source.absoluteString, found: "more than \(limit) bytes", expected: "at most \(limit)")
    }
    guard status == 0 else {
      let message = String(decoding: output, as: UTF8.self)
      throw Failure(
        description: "\(source.absoluteString): "
          + (message.isEmpty ? "curl ended with status \(status)" : message),
        // The exit codes that curl's manual lists for servers and networks.
        isUnreachable: [5, 6, 7, 9, 18, 22, 28, 35, 37, 47, 52, 56, 60, 92].contains(status),
        // HTTP status 400 or above (such as 416, range not satisfiable); no ranges; cannot resume.
        forbidsResuming: [22, 33, 36].contains(status))
    }
    guard destination.isPresent else {
      throw Failure(
        description: "\(source.absoluteString): curl ended without an error and without a file",
        isUnreachable: false, forbidsResuming: false)
    }
  }
}

extension ExternalProgram {
  /// Finds a program that a download needs.
  ///
  /// - Parameters:
  ///   - name: The program's name, which is also the name of its package.
  ///   - searchPath: The directories in which to look, separated by colons.
  /// - Throws: ``DatasetError`` if no directory has the program.
  init(required name: String, searchPath: String) throws {
    guard let program = ExternalProgram(name, searchPath: searchPath) else {
      throw DatasetError(
        name, found: "no such program", expected: "it in PATH; try: apt-get install \(name)")
    }
    self = program
  }
}
