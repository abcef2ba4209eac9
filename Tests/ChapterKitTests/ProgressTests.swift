import ChapterKit
import Foundation
import Testing

@Suite struct ProgressTests {
  private func line(
    _ step: Int, pace: Double?, unit: ProgressUnit = .iterations, metrics: [ProgressMetric] = []
  ) -> ProgressLine {
    ProgressLine(
      stage: "train", unit: unit, step: step, total: 4000, stepsPerSecond: pace,
      secondsLeft: pace.map { Double(4000 - step) / $0 }, metrics: metrics)
  }

  @Test func lines() {
    let metrics: [ProgressMetric] = [.loss(Float(0.31249)), .accuracy(0.8986)]
    #expect(
      line(1000, pace: 25, metrics: metrics).plain
        == "train: 1000 of 4000, 25 it/s, loss 0.312, accuracy 89.9 %, 2:00 left")
    #expect(
      line(1000, pace: 25, metrics: metrics).bar
        == "train  ━━━━━───────────────  1000/4000  25 it/s  loss 0.312  accuracy 89.9 %  2:00 left"
    )
    #expect(
      line(1000, pace: 0.5, unit: .images(perStep: 192)).plain
        == "train: 1000 of 4000, 96 images/s, 1:40:00 left")
    #expect(line(1, pace: nil).plain == "train: 1 of 4000")
    #expect(line(1, pace: 0.01).plain == "train: 1 of 4000, 0.0 it/s, 4 d 15 h left")
    #expect(line(1, pace: 1e-300).plain.hasSuffix("365 d 0 h left"))
    #expect(line(4000, pace: 25).plain == "train: 4000 of 4000, 25 it/s")
  }

  @Test func durations() {
    let texts = [0.04, 4.21, 9.96, 231.4, 599.6, 3570, 3599, 29_100, 334_800].map(durationText)
    #expect(
      texts == [
        "0.0 s", "4.2 s", "10 s", "231 s", "10 min", "1 h 00 min", "1 h 00 min", "8 h 05 min",
        "3 d 21 h",
      ])
  }

  @Test func aConstantRateIsMeasuredExactlyFromAnyStart() throws {
    var rate = RateEstimate(halfLife: 15)
    rate.update(500, at: 100)
    #expect(rate.perSecond == nil)
    for second in 1...50 { rate.update(Double(500 + 8 * second), at: 100 + Double(second)) }
    #expect(abs(try #require(rate.perSecond) - 8) < 1e-9)
  }

  /// Half-life 15 s: one half-life after the rate fell from 10 to 2, the old rate has half the weight.
  @Test func recentRatesHaveMoreWeight() throws {
    var rate = RateEstimate(halfLife: 15)
    for tick in 0...10_000 { rate.update(Double(tick), at: Double(tick) / 10) }
    for tick in 1...30 { rate.update(Double(10_000 + tick), at: 1000 + Double(tick) / 2) }
    #expect(abs(try #require(rate.perSecond) - 6) < 0.1)
    for tick in 31...300 { rate.update(Double(10_000 + tick), at: 1000 + Double(tick) / 2) }
    #expect(abs(try #require(rate.perSecond) - 2) < 0.02)
  }

  /// Steps of one second, and a minute of evaluation after every hundred: the remaining 190,000 steps take
  /// 304,000 s or 84 h.
  @Test func theRemainingTimeIncludesEvaluation() throws {
    let bench = try Workbench()
    _ = bench.run { run in
      _ = try run.stage("train") { progress in
        for step in 1...10_000 {
          bench.seconds += step % 100 == 0 ? 61 : 1
          progress.update(step, of: 200_000, [])
        }
        return 0
      }
    }
    let hours = bench.complaints.dropLast().suffix(10).compactMap { line in
      line.firstMatch(of: /3 d (\d+) h left/).flatMap { Int($0.1) }.map { 72 + $0 }
    }
    #expect(hours.count == 10 && hours.allSatisfy { (80...88).contains($0) }, "\(hours)")
  }

  /// A hundred steps of one second and a hundred of four: the first hundred are a fifth of the work.
  @Test func theRemainingTimeUsesTheCostOfSteps() throws {
    let bench = try Workbench()
    _ = bench.run { run in
      _ = try run.stage("train") { progress in
        for step in 1...200 {
          bench.seconds += step <= 100 ? 1 : 4
          let done = Double(min(step, 100) + 4 * max(step - 100, 0)) / 500
          progress.update(step, of: 200, [], workDone: done)
        }
        return 0
      }
    }
    #expect(
      bench.complaints.contains { $0.hasPrefix("train: 91 of 200") && $0.hasSuffix("6:49 left") })
    #expect(
      bench.complaints.contains { $0.hasPrefix("train: 194 of 200") && $0.hasSuffix("0:24 left") })
  }

  @Test func plainLinesAppearAtTheStartTheEndAndEvery30Seconds() throws {
    let bench = try Workbench()
    _ = bench.run { run in
      _ = try run.stage("train", counting: .images(perStep: 10)) { progress in
        for step in 1...100 {
          if step == 50 { progress.update(step, of: 100, [.accuracy(0.5)]) }
          progress.update(step, of: 100, [.loss(1)])
          bench.seconds += 1
        }
        return 0
      }
    }
    #expect(
      bench.complaints == [
        "train: 1 of 100, loss 1.000",
        "train: 31 of 100, 10 images/s, loss 1.000, 1:09 left",
        "train: 61 of 100, 10 images/s, loss 1.000, accuracy 50.0 %, 0:39 left",
        "train: 91 of 100, 10 images/s, loss 1.000, accuracy 50.0 %, 0:09 left",
        "train: 100 of 100, 10 images/s, loss 1.000, accuracy 50.0 %",
        "train: done in 100 s, loss 1.000, accuracy 50.0 %",
      ])
  }

  /// Such work shows its progress, and leaves nothing in the record or in OUT.
  @Test func workThatIsNoStageShowsItsProgressOnly() throws {
    let bench = try Workbench()
    for isNew in [true, false] {
      _ = bench.run { run in
        let count = run.showingProgress(of: "files", counting: .pictures(perStep: 2)) { progress in
          for step in 1...3 where isNew {
            bench.seconds += 20
            progress.update(step, of: 3, [])
          }
          return 6
        }
        #expect(count == 6)
        _ = try run.stage("train") { _ in 0 }
      }
      let expected =
        isNew ? ["files: 1 of 3", "files: 3 of 3, 0.1 pictures/s", "files: done in 60 s"] : []
      #expect(bench.complaints.filter { $0.hasPrefix("files") } == expected)
      #expect(try bench.record()?.stages.map(\.name) == ["train"])
    }
  }

  @Test func theBarIsTruncatedToTheTerminalAndClearedBeforeALine() {
    var shown = ""
    let console = Console(
      isTerminal: true, columns: { 10 }, output: { shown += $0 }, errors: { shown += $0 })
    console.showBar("123456789012")
    console.showBar("abc")
    console.note("note")
    console.print("result")
    #expect(shown == "\r123456789\u{1B}[K\rabc\u{1B}[K\r\u{1B}[Knote\nresult\n")
  }

  @Test func aResultDoesNotControlTheTerminal() {
    var shown = ""
    let console = Console(isTerminal: false, output: { shown += $0 }, errors: { _ in })
    console.print("a\tb\nc\u{1B}[31m\r.jpg")
    #expect(shown == "a\tb\nc" + #"\u{1B}[31m\r.jpg"# + "\n")
  }

  @Test func aNoteAndAnErrorAreOneLine() {
    var shown = ""
    let console = Console(isTerminal: false, output: { _ in }, errors: { shown += $0 })
    console.note("a\nb\tc.jpg\u{1B}[31m")
    #expect(shown == #"a\nb\tc.jpg\u{1B}[31m"# + "\n")
    shown = ""
    let program = Program("p", summary: "", options: [])
    let status = program.run(arguments: [], console: console) { _ in
      throw Failure("a\nb.jpg: found no picture")
    }
    #expect(status == 1 && shown == #"p: a\nb.jpg: found no picture"# + "\n")
    shown = ""
    // The lines of other errors are not names.
    struct SystemError: Error, CustomStringConvertible { let description = "a\nb" }
    _ = program.run(arguments: [], console: console) { _ in throw SystemError() }
    #expect(shown == "p: a b\n")
  }

  @Test func theFinalTable() {
    let table = comparisonTable(
      [
        Comparison("accuracy at T = 0.5", metric: "a", article: 0.907, as: .percent),
        Comparison("KL", metric: "kl", article: nil, as: .decimals(3)),
      ],
      metrics: ["a": Metric(of: [0.9, 0.902, 0.898]), "kl": Metric(of: [1.7152])])
    #expect(
      table == """
                             measured              article
        accuracy at T = 0.5  90.0 ± 0.2 % (n = 3)  90.7 %
        KL                   1.715                 –
        """)
  }
}
