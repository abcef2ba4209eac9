// Fuzz tests of the readers of files: scripts/fuzz.
//
// Built with -sanitize=fuzzer and -D FUZZING, the program is a libFuzzer target for the reader named by the
// environment variable READER. Built as usual, it reads each of the given files once, and fails if a reader does not
// accept one; the name of a file's folder selects the reader.

import ChapterKit
import Files
import Foundation

private let reader = ProcessInfo.processInfo.environment["READER"].flatMap(Reader.init)

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let reader else {
    fatalError("READER: found no known reader, expected one of \(Reader.allCases.map(\.rawValue)).")
  }
  do {
    try unsafe reader.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    _ = oneLine(error)
  }
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
            "\(path): found no reader \(name), expected one of \(Reader.allCases.map(\.rawValue)).")
        }
        do {
          try reader.read([UInt8](try readFile(at: file)))
        } catch {
          fatalError("\(path): \(oneLine(error))")
        }
      }
    }
  }
#endif
