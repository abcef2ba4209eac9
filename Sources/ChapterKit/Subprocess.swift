import Foundation

/// Finds a program in the directories of PATH.
package func findExecutable(_ name: String) -> URL? {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
  return path.split(separator: ":").lazy
    .map { URL(filePath: String($0)).appending(path: name) }
    .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
}

/// Runs a program in `directory` to its end; returns its exit status and all that it said.
package func runToEnd(
  _ executable: URL, _ arguments: [String], in directory: URL, keepingErrors: Bool
) throws -> (status: Int32, output: String) {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = executable
  process.arguments = arguments
  process.currentDirectoryURL = directory
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = pipe
  process.standardError = keepingErrors ? pipe : FileHandle.nullDevice
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
