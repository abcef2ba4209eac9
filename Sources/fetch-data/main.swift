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
    // One that cannot be had does not keep the others from being brought.
    var failures: [String] = []
    for source in [DatasetSource.mnist, .cifar10] {
      do {
        let dataset = try source.fetch(into: invocation[data]) { invocation.note($0) }
        invocation.print(
          "\(dataset.name): in \(invocation[data].relativePath), sha256 \(dataset.sha256)")
      } catch {
        failures.append(oneLine(error))
      }
    }
    guard failures.isEmpty else { throw Failure(failures.joined(separator: "; ")) }
  })
