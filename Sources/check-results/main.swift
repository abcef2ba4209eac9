// Finds out whether recorded results are still what their records say, and what the figures' scripts draw
// from them: `make check-results`.

import ChapterKit
import Files
import Foundation

let results = CommandLineOption(
  "results", .existingDirectory, default: URL(filePath: "results"), "where the records lie")

let redraw = CommandLineOption(
  flag: "redraw", "draw the pictures whose script has changed again before that")

let seal = CommandLineOption(
  flag: "seal", "put the checksum into records and trainings that have none before that")

let program = Program(
  "check-results",
  summary: "Compares recorded results with their records, and draws their pictures again.",
  options: [results, redraw, seal])

exit(
  program.run { invocation in
    let scratch = URL.temporaryDirectory.appending(path: UUID().uuidString)
    defer { removeTree(at: scratch) }
    let check = ResultsCheck.ofProcess(
      invocation[results], scratch: scratch, console: invocation.console)
    if invocation[seal] {
      for path in try check.seal() { invocation.note("\(path): has a checksum now") }
    }
    if invocation[redraw] { try check.redraw() }
    let (files, complaints) = try check.run()
    for complaint in complaints { invocation.note(complaint) }
    guard complaints.isEmpty else {
      throw Failure("\(complaints.count) of \(files) files are not as recorded")
    }
    invocation.print("check-results: \(files) files are as recorded")
  })
