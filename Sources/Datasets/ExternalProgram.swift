import Foundation

/// A program that is installed beside this one, such as curl.
struct ExternalProgram {
  private let path: String

  /// Finds a program.
  ///
  /// - Parameters:
  ///   - name: Its name, and that of the package it comes in.
  ///   - searchPath: The folders to look in, separated by colons.
  /// - Throws: ``DatasetError`` if it is in none of them.
  init(_ name: String, searchPath: String) throws {
    let candidates = searchPath.split(separator: ":").map { "\($0)/\(name)" }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw DatasetError(
        name, found: "no such program", expected: "it on the PATH; try: apt-get install \(name)")
    }
    self.path = path
  }

  /// Runs the program to its end; returns its exit status and what it wrote to standard output,
  /// and to standard error where `keepingErrors`.
  ///
  /// Foundation's `Process` would start it in a process group of its own, out of reach of the
  /// terminal's interrupt key: it would go on after its parent.
  func run(_ arguments: [String], keepingErrors: Bool = false) -> (status: Int32, output: String) {
    let words = ([path] + arguments).map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }
    let command = "exec \(words.joined(separator: " "))\(keepingErrors ? " 2>&1" : "")"
    guard let pipe = popen(command, "r") else {
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
