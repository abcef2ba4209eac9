// Brings the data sets into DATA and checks that they are what they should be: `make data`.

import ChapterKit
import Foundation

let data = CommandLineOption(
  "data", .directory, default: URL(filePath: "data"), "where the data go")

let program = Program(
  "fetch-data",
  summary: "Downloads the data sets that are missing, and checks those that are there.",
  options: [data])

exit(
  program.run { invocation in
    for source in [DatasetSource.mnist] {
      let dataset = try source.fetch(into: invocation[data]) { invocation.note($0) }
      invocation.print(
        "\(dataset.name): in \(invocation[data].relativePath), sha256 \(dataset.sha256)")
    }
  })
