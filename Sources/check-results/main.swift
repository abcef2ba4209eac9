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
    let scratch = URL.absoluteTemporaryDirectory.appending(path: UUID().uuidString)
    defer { removeTree(at: scratch) }
    let check = ResultsCheck.ofProcess(
      invocation[results], scratch: scratch, console: invocation.console)
    if invocation[seal] {
      for path in try check.seal() { invocation.note("\(path): added a checksum") }
    }
    if invocation[redraw] { try check.redraw() }
    let (files, complaints) = try check.run()
    for complaint in complaints { invocation.note(complaint) }
    guard complaints.isEmpty else {
      throw Failure(
        "found \(complaints.count) of \(files) files that differ from their records, expected none")
    }
    invocation.print("check-results: \(files) files agree with their records")
  })
