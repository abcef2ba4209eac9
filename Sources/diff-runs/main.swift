// Compares two directories with results of runs: `make diff A=… B=…`.

import ChapterKit
import Files
import Foundation
import Verification

let a = CommandLineOption("a", .existingDirectory, "the directory with the first results")
let b = CommandLineOption("b", .existingDirectory, "the directory with the second results")
let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"), "the directory of the page, diff.html")

let equal = CommandLineOption(
  flag: "equal",
  "instead of the page, compare every result in B bit for bit, and end with exit status 1 if one differs; times, dates "
    + "and commits are left out")

let program = Program(
  "diff-runs",
  summary:
    "Compares the runs in two directories: settings, metrics and figures, on the terminal and as the\n"
    + "page OUT/diff.html.",
  options: [a, b, out, equal])

/// Compares the results in `repeated` with those in `recorded`.
///
/// - Throws: An error if a result is not identical; ``Interruption`` if a signal has asked this process to end.
func requireEqualResults(_ recorded: URL, _ repeated: URL, _ invocation: Invocation) throws {
  let signals = StopSignals.ofProcess
  signals.watch()
  defer { signals.release() }
  func interruption(by signal: Int32) -> Interruption {
    Interruption("interrupted", by: signal, resumes: false)
  }
  let findings = try withTemporaryFolder(named: "diff-runs") { scratch in
    let gnuplot = Gnuplot(
      executable: ExternalProgram("gnuplot")?.executable, root: URL.currentDirectory(),
      workingFolder: scratch, console: invocation.console, interruption: interruption)
    return try Verification.findings(of: recorded, repeatedIn: repeated, drawing: gnuplot)
  }
  if let signal = signals.received() { throw interruption(by: signal) }
  let others = findings.filter { $0.outcome != .identical }
  for finding in others { invocation.print(finding.line) }
  invocation.print("diff-runs: \(summary(of: findings))")
  guard others.isEmpty, !findings.isEmpty else {
    throw Failure(
      "\(repeated.shortPath): found \(findings.isEmpty ? "no" : "\(others.count) other") results, "
        + "expected those in \(recorded.shortPath)")
  }
}

exit(
  program.run { invocation in
    guard let first = invocation[a], let second = invocation[b] else {
      throw UsageError(
        "--a, --b: found no two directories, expected them: make diff A=results B=figures")
    }
    if invocation[equal] { return try requireEqualResults(first, second, invocation) }
    let differences = try RunDifference.all(first, second)
    for difference in differences { invocation.print(difference.text) }
    let output = OutputDirectory(invocation[out])
    let created = try output.prepare(subdirectories: [])
    defer { removeFoldersIfEmpty(created) }
    try output.write(
      Data(RunDifference.page(differences, first, second).utf8), to: "diff.html")
    invocation.print("diff-runs: open \(output.file("diff.html").filePath)")
  })
