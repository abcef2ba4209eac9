import ChapterKit
import Experiments
import Files
import Foundation
import ResultTables
import Testing

@Suite struct FirstStepsTests {
  private let spec = TrainingSpec.labelsAlone(.short)

  /// Whoever checks recorded training runs may have one of them unfinished in the same OUT.
  @Test func theCheckpointsOfTheTrainingRunStay() throws {
    let chapter = try TestChapter()
    defer { chapter.remove() }
    let name = spec.key(.short, seed: 0).name
    let out = chapter.root.appending(path: "out")
    let checkpoint = out.appending(
      path: "cache/test/short/\(fileNamePart(of: name))-0123456789abcdef.5.checkpoint")
    let trainings = chapter.root.appending(path: "trainings")
    for folder in [checkpoint.deletingLastPathComponent(), trainings] { try makeFolder(at: folder) }
    try writeFile(Data(), to: checkpoint)
    try writeFile(Data(), to: trainings.appending(path: "\(fileNamePart(of: name)).json"))
    let status = chapter.run(
      "--synthetic", "--first-steps", "1", "--recorded", trainings.path(percentEncoded: false),
      "--out", out.path(percentEncoded: false), options: tableOptions + [datasetOption]
    ) { run in
      let areTaken = try run.runFirstStepsIfRequested(of: [spec])
      #expect(areTaken)
    }
    #expect(status == 0)
    #expect(checkpoint.isPresent)
    let record = try #require(try RunRecord.load(chapter: "test", from: out))
    #expect(record.stages.map(\.name) == ["first steps of \(name)"])
    #expect(record.fingerprints?.keys.sorted() == ["first steps of \(name)"])
  }

  @Test(arguments: [["--first-steps", "1"], ["--only-recorded"]])
  func recordedRunsNeedAFolder(arguments: [String]) throws {
    let chapter = try TestChapter()
    defer { chapter.remove() }
    let status = chapter.run(arguments, options: tableOptions + [datasetOption]) { run in
      guard try !run.runFirstStepsIfRequested(of: [spec]) else { return }
      _ = try run.train([ResultRow("supervised", key: "supervised", spec: spec, published: nil)])
    }
    #expect(status == 2)
  }
}
