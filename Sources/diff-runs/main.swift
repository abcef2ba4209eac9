// Compares two directories with results of runs: `make diff A=… B=…`.

import ChapterKit
import Files
import Foundation
import Verification

let a = CommandLineOption("a", .existingDirectory, "the directory with the first results")
let b = CommandLineOption("b", .existingDirectory, "the directory with the second results")
let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"), "the directory of the page, diff.html")

let program = Program(
  "diff-runs",
  summary:
    "Compares the runs in two directories: settings, metrics and figures, on the terminal and as the\n"
    + "page OUT/diff.html.",
  options: [a, b, out])

exit(
  program.run { invocation in
    guard let first = invocation[a], let second = invocation[b] else {
      throw Failure(
        "--a, --b: found no two directories, expected them: make diff A=results B=figures")
    }
    let differences = try RunDifference.all(first, second)
    for difference in differences { invocation.print(difference.text) }
    let output = OutputDirectory(invocation[out])
    try output.prepare(subdirectories: [])
    try output.write(
      Data(RunDifference.page(differences, first, second).utf8), to: "diff.html")
    invocation.print("diff-runs: open \(output.file("diff.html").filePath)")
  })
