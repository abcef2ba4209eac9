// Gives readers of files odd bytes: scripts/fuzz.
//
// Built with -sanitize=fuzzer and -D FUZZING, libFuzzer makes them up, guided by what code they reach, for the
// reader that the environment variable READER names. Built as usual, the program reads the files it is
// given, each in a folder that has a reader's name, once.

import Files
import Foundation

private let reader = ProcessInfo.processInfo.environment["READER"].flatMap(Reader.init)

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let reader else { fatalError("READER is one of \(Reader.allCases.map(\.rawValue)).") }
  reader.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

#if !FUZZING
  @main struct Replay {
    static func main() throws {
      for path in CommandLine.arguments.dropFirst() {
        let file = URL(filePath: path)
        let name = file.deletingLastPathComponent().lastPathComponent
        guard let reader = Reader(rawValue: name) else {
          fatalError(
            "\(path): found no reader \(name), expected \(Reader.allCases.map(\.rawValue)).")
        }
        reader.read([UInt8](try readFile(at: file)))
      }
    }
  }
#endif
