// Exports recorded runs as an RO-Crate: `make crate`.

import ChapterKit
import Files
import Foundation
import Verification

let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"), "the directory of the crate, OUT/crate")

let program = Program(
  "make-crate",
  summary:
    "Copies the records in results/, their files and the sources into OUT/crate, and describes them\n"
    + "as an RO-Crate with the profile Workflow Run Crate.",
  options: [out])

exit(
  program.run { invocation in
    let crate = try ResearchCrate(root: URL.currentDirectory(), results: "results")
    let folder = invocation[out].appending(path: "crate")
    try crate.write(to: folder)
    invocation.print("make-crate: \(crate.files.count) files in \(folder.shortPath)")
  })
