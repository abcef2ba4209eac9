import ChapterKit
import Experiments
import Foundation
import ResultTables
import Testing

@Suite struct SeedsOfMetricsTests {
  private static let results = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "results")

  /// MixMatch was run with four seeds and supervised training with three of them; two runs of MixMatch were timed.
  @Test func metricsOfATableNameTheSeedsOfTheirValues() throws {
    let chapter = try TestChapter()
    defer { chapter.remove() }
    let rows: [ResultRow] = [
      .quarterRun(of: .mixMatch, .short),
      .quarterRun(of: .supervised, .short),
    ]
    let trainings = Self.results.appending(path: "trainings").path
    let status = chapter.run(
      "--seeds", "5", "--recorded", trainings, "--only-recorded", options: tableOptions
    ) { run in
      run.recordDifferences(try run.train(rows))
    }
    #expect(status == 0)
    let record = try #require(try chapter.record())
    #expect(record.seeds == [0, 1, 2, 3])
    #expect(record.metrics["accuracy.mixmatch"]?.seeds == nil)
    #expect(record.metrics["cpuSeconds.mixmatch"]?.seeds == [1, 2])
    #expect(record.metrics["imagesPerCPUSecond.mixmatch"]?.seeds == [1, 2])
    for name in ["accuracy", "difference", "smallestRecall", "cpuSeconds"] {
      #expect(record.metrics["\(name).labels-alone"]?.seeds == [0, 1, 2], "\(name)")
    }
    let ablations = try #require(try RunRecord.load(chapter: "ablations", from: Self.results))
    for name in record.metrics.keys {
      #expect(record.metric(name)?.seeds == ablations.metric(name)?.seeds, "\(name)")
    }
  }
}
