// Checks that recorded results agree with their records and with the figures' scripts: `make check-results`.

import ChapterKit
import Files
import Foundation

let results = CommandLineOption(
  "results", .existingDirectory, default: URL(filePath: "results"), "the directory of the records")

let redraw = CommandLineOption(
  flag: "redraw", "first redraw the pictures whose script has changed")

let seal = CommandLineOption(
  flag: "seal", "first add checksums to run records and training records without one")

let program = Program(
  "check-results",
  summary:
    "Compares recorded results with their records, and redraws the pictures to compare them.",
  options: [results, redraw, seal])

exit(
  program.run { invocation in
    let signals = StopSignals.ofProcess
    signals.watch()
    defer { signals.release() }
    let (files, complaints) = try withTemporaryFolder(named: "check-results") { scratch in
      let check = ResultsCheck.ofProcess(
        invocation[results], scratch: scratch, console: invocation.console)
      if invocation[seal] {
        for path in try check.seal() { invocation.note("\(path): added a checksum") }
      }
      if invocation[redraw] { try check.redraw() }
      return try check.run()
    }
    if let signal = signals.received() { throw ResultsCheck.interruption(by: signal) }
    for complaint in complaints { invocation.note(complaint) }
    guard complaints.isEmpty else {
      throw Failure(
        "found \(complaints.count) of \(files) files that differ from their records, expected none")
    }
    invocation.print("check-results: \(files) files agree with their records")
  })
