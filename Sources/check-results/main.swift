// Finds out whether recorded results are still what their records say, and what the figures' scripts draw
// from them: `make check-results`.

import ChapterKit
import Foundation

let results = CommandLineOption(
  "results", .existingDirectory, default: URL(filePath: "results"), "where the records lie")

let redraw = CommandLineOption(
  flag: "redraw", "draw the pictures whose script has changed again before that")

let program = Program(
  "check-results",
  summary: "Compares recorded results with their records, and draws their pictures again.",
  options: [results, redraw])

exit(
  program.run { invocation in
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let check = ResultsCheck.ofProcess(
      invocation[results], scratch: scratch, console: invocation.console)
    if invocation[redraw] { try check.redraw() }
    let (files, complaints) = try check.run()
    for complaint in complaints { invocation.note(complaint) }
    guard complaints.isEmpty else {
      throw Failure("\(complaints.count) of \(files) files are not as recorded")
    }
    invocation.print("check-results: \(files) files are as recorded")
  })
