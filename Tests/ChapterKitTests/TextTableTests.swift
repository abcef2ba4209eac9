import ChapterKit
import Files
import Foundation
import Testing

@Suite struct TextTableTests {
  private let table = TextTable(
    name: "results", title: "Accuracy", explanation: "Higher is better.",
    columns: ["training", "n"], rows: [["all | labels", "3"], ["few", "1"]])

  @Test func aTableIsWrittenAsMarkdownDataAndPicture() throws {
    let bench = try Workbench()
    try bench.write("plot", to: "figures/table.gp")
    #expect(bench.run { $0.write(table, asPicture: true) } == 0, "\(bench.standardError)")

    let lines = try #require(bench.read("figures/results.md")).split(separator: "\n")
    #expect(lines[0] == "**Accuracy.** Higher is better.")
    #expect(
      lines[1...4] == [
        "| training | n |", "| --- | --- |", #"| all \| labels | 3 |"#, "| few | 1 |",
      ])
    #expect(lines[5].hasPrefix("chapter 3 · preset article · seed 0"))
    #expect(
      bench.read("figures/data/results.tsv")?.split(separator: "\n").dropFirst()
        == ["training\tn", "\"all | labels\"\t\"3\"", "\"few\"\t\"1\""])
    let picture = try #require(bench.read("figures/results.svg"))
    for assignment in [#"columns="2""#, #"table="results""#, #"title="Accuracy""#] {
      #expect(picture.contains(assignment))
    }
    #expect(try bench.record()?.files.map(\.kind) == [.data, .table, .figure])
  }

  /// Names that Markdown, HTML or TeX would interpret.
  static let names = [
    "*star*", "_under_", "a`b`c", "x^2^", "H~2~O", "--", "...", "back\\slash", "a\\", "a\\|b",
    "[l](own.json#gain)", "[a][b]", "![a](b)", "[^1]", "<img src=x onerror=alert(1)>", "&amp;",
    "$(x)",
    "@cite", "# h", "cat-1", "T = 0.5, [⅓, ⅔]",
  ]

  @Test(arguments: names) func aNameStaysAsItIs(name: String) throws {
    let cell = TableCell(name)
    #expect(TableCell.cells(ofLine: "| \(markdownEscaped(name)) | 2 |") == [cell, "2"])
    let bench = try Workbench()
    let table = TextTable(
      name: "results", title: name, explanation: "In \(name).", columns: ["class", name],
      rows: [[cell, "\(name): \(TableCell.cited("1 %", metric: "a.b", of: 3)) (n = \(3))"]])
    #expect(bench.run { $0.write(table) } == 0, "\(bench.standardError)")

    let lines = try #require(bench.read("figures/results.md")).split(separator: "\n")
    #expect(TableCell(markdown: lines[0]).text == "**\(name).** In \(name).")
    #expect(TableCell.cells(ofLine: lines[1]).map(\.text) == ["class", name])
    #expect(
      TableCell.cells(ofLine: lines[3]).map(\.parts) == [
        [.text(name)],
        [
          .text("\(name): "), .cited("1 %", metric: "a.b", program: "chapter3"),
          .text(" (n = 3)"),
        ],
      ])
    #expect(
      bench.read("figures/data/results.tsv")?.split(separator: "\n").last
        == "\"\(name)\"\t\"\(name): 1 % (n = 3)\"")
  }

  @Test func onlyWhatWouldBeMarkupIsEscaped() {
    #expect(markdownEscaped("[⅓, ⅔] (n = 3), cat-1, 0.5 %.") == "[⅓, ⅔] (n = 3), cat-1, 0.5 %.")
    #expect(markdownEscaped("[l](o) -- $(x)…") == #"[l\](o) -\- \$(x)…"#)
  }

  @Test func aTableHasNoPictureUnlessItIsAskedFor() throws {
    let bench = try Workbench()
    #expect(bench.run { $0.write(table) } == 0, "\(bench.standardError)")
    #expect(try bench.record()?.files.map(\.kind) == [.data, .table])
  }

  @Test func aTableAboutRecordsIsWrittenBesideThem() throws {
    let bench = try Workbench()
    #expect { try Records(in: bench.out) } throws: { oneLine($0).contains("found no record") }
    #expect(bench.run { $0.record(metric: "accuracy", values: [0.5]) } == 0)
    let records = try Records(in: bench.out)
    #expect(records[3]?.metrics["accuracy"]?.mean == 0.5 && records["ablations"] == nil)
    #expect { try records.write(table, about: [4, "ablations"], as: "claims") } throws: {
      oneLine($0).contains("found no record of ablations, chapter4, expected at least")
    }
    try records.write(table, about: [3], as: "claims")
    #expect(bench.read("figures/results.md")?.contains("| few | 1 |") == true)
    #expect(bench.read("figures/data/results.tsv")?.hasPrefix("# generator: claims;") == true)
    let record = try #require(try RunRecord.load(chapter: "claims", from: bench.out))
    #expect(record.title == "Accuracy" && record.metrics.isEmpty && record.preset == .article)
    #expect(record.seeds.isEmpty)
    #expect(record.sources?.map { $0.hasPrefix("chapter 3: preset article, ") } == [true])
    #expect(record.stamp == "claims · \(record.sources![0])")
    #expect(bench.read("figures/results.md")?.hasSuffix("\n\(record.stamp)\n") == true)
    #expect(record.files.map(\.path) == ["data/results.tsv", "results.md"])
  }

  @Test func aTableAboutSeveralDataSetsNamesNone() throws {
    let bench = try Workbench()
    #expect(bench.run { $0.record(metric: "accuracy", values: [0.5]) } == 0)
    for (chapter, sha256) in [(1, "a"), (3, "a"), (4, "b")] as [(ChapterName, String)] {
      var record = try #require(try bench.record())
      record.chapter = chapter
      record.dataset = DatasetIdentity(name: "images \(sha256)", sha256: sha256, synthetic: false)
      let file = "figures/\(chapter.program).json"
      try bench.write(String(decoding: record.encoded(), as: UTF8.self), to: file)
    }
    func dataset(about chapters: Set<ChapterName>) throws -> String? {
      try Records(in: bench.out).write(table, about: chapters, as: "claims")
      return try #require(try RunRecord.load(chapter: "claims", from: bench.out)).dataset?.name
    }
    #expect(try dataset(about: [1, 3]) == "images a")
    #expect(try dataset(about: [1, 3, 4]) == nil)
  }

  @Test func aTableWithASmokeRunHasAWarning() throws {
    let bench = try Workbench()
    #expect(bench.run { $0.record(metric: "accuracy", values: [0.5]) } == 0)
    var smoke = try #require(try bench.record())
    (smoke.chapter, smoke.preset, smoke.date) = (1, .smoke, "2000-01-01T00:00:00Z")
    try bench.write(String(decoding: smoke.encoded(), as: UTF8.self), to: "figures/chapter1.json")
    try Records(in: bench.out).write(table, about: [1, 3], as: "claims")
    let record = try #require(try RunRecord.load(chapter: "claims", from: bench.out))
    #expect(record.stamp.hasPrefix("SMOKE RUN · claims · chapter 1: preset smoke, 2000-01-01"))
    #expect(record.sources?.count == 2)
  }

  @Test func chaptersHaveNumbersAndAppendicesHaveNames() throws {
    let names: [ChapterName] = [3, "ablations"]
    let written = try JSON.encode(names)
    #expect(String(decoding: written, as: UTF8.self) == #"[3,"ablations"]"#)
    #expect(try JSON.decode([ChapterName].self, from: written) == names)
    #expect(names.map(\.program) == ["chapter3", "ablations"])
  }
}
