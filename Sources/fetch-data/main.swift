// Downloads the data sets into DATA and checks their content: `make data`.

import ChapterKit
import Foundation

let data = CommandLineOption(
  "data", .directory, default: URL(filePath: "data"), "the directory for the data sets")

let chosen = CommandLineOption(
  "dataset", .oneOf([DatasetSource.mnist] + DatasetSource.colour, named: \.key),
  "the only data set to download (default: MNIST and CIFAR-10)")

let program = Program(
  "fetch-data",
  summary: "Downloads the missing data sets, and checks the existing ones.",
  options: [data, chosen])

exit(
  program.run { invocation in
    // A failure must not prevent the download of the other data sets.
    var failures: [String] = []
    for source in invocation[chosen].map({ [$0] }) ?? [.mnist, .cifar10] {
      do {
        let dataset = try source.fetch(into: invocation[data]) { invocation.note($0) }
        invocation.print(
          "\(dataset.name): in \(invocation[data].relativePath), sha256 \(dataset.sha256)")
      } catch let interruption as Interruption {
        throw interruption
      } catch {
        failures.append(oneLine(error))
      }
    }
    guard failures.isEmpty else { throw Failure(failures.joined(separator: "; ")) }
  })
