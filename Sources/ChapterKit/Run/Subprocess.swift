import Engine
import Files
import Foundation

/// Finds a program in the directories of PATH.
package func findExecutable(_ name: String) -> URL? {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
  return path.split(separator: ":").lazy
    .map { URL(filePath: String($0)).appending(path: name) }
    .first { access($0.filePath, X_OK) == 0 && !$0.isExistingDirectory }
}

/// Runs a program in `directory` to its end; returns its exit status, what it wrote to standard
/// output, and what it said on standard error.
///
/// - Throws: ``Failure`` where the program cannot be started.
package func runToEnd(
  _ executable: URL, _ arguments: [String], in directory: URL,
  environment: [String: String]? = nil
) throws -> (status: Int32, output: Data, errors: String) {
  let process = Process()
  let (output, errors) = (Pipe(), Pipe())
  process.executableURL = executable
  process.arguments = arguments
  process.currentDirectoryURL = directory
  if let environment { process.environment = environment }
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = errors
  do {
    try process.run()
  } catch {
    throw Failure(
      "\(executable.filePath): cannot be started (\(reason(of: error, executable))); install it "
        + "again, or put another one first in PATH")
  }
  // Both at once: a program stops where nobody empties one of its pipes.
  let said = Lock(Data())
  let reading = DispatchGroup()
  DispatchQueue.global().async(group: reading) {
    let bytes = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
    said.withLock { $0 = bytes }
  }
  let written = (try? output.fileHandleForReading.readToEnd()) ?? Data()
  reading.wait()
  process.waitUntilExit()
  // Below a signal's number; a program that was ended by one has no status of its own.
  let status = process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
  return (status, written, said.withLock { String(decoding: $0, as: UTF8.self) })
}

/// What the system says of a program that cannot be started; where the program is there all the
/// same, it is its interpreter that is not.
private func reason(of error: any Error, _ executable: URL) -> String {
  let first =
    (try? readFileIfPresent(at: executable))?.prefix { $0 != UInt8(ascii: "\n") } ?? Data()
  if first.starts(with: Data("#!".utf8)) {
    let words = String(decoding: first.dropFirst(2), as: UTF8.self).split(separator: " ")
    if let interpreter = words.first, !URL(filePath: String(interpreter)).isPresent {
      return "found no interpreter \(interpreter), which its first line names"
    }
  }
  let code =
    ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
    ?? Int32(truncatingIfNeeded: (error as NSError).code)
  return String(cString: strerror(code))
}
