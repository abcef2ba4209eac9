import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Verification
import Testing

/// Two runs of a chapter in folders of their own, removed on deinitialisation.
private final class TwoRuns {
  let root = URL.temporaryDirectory.appending(path: "two-runs-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Writes a record with a metric and a data file into the folder `name`; only the folder "a" has the commit 1a2b3c4.
  func write(
    _ name: String, values: [Double], ofSeeds measured: [Int]? = nil, rows: String, seeds: [Int],
    settings: JSONValue = .object([:]), columns: String = "x\ty", figure: Figure? = nil,
    fingerprint: String? = nil, ofTraining training: String = "net", weights: Data? = nil,
    dataset: DatasetIdentity? = nil, kind: FileRecord.Kind = .data
  ) throws -> RecordComparison.Side {
    let folder = root.appending(path: name)
    var record = try JSON.decode(
      RunRecord.self,
      from: Data(
        """
        {"chapter": 9, "title": "Nine", "preset": "short", "seeds": \(seeds), "settings": {},
         "options": {}, "dataset": null, "commit": "\(name == "a" ? "1a2b3c4" : "2b3c4d5")", "dirty": false,
         "date": "2026-01-01T00:00:00Z", "threads": 2, "blasCore": "Haswell", "wallSeconds": 1,
         "metrics": {}, "stages": [],
         "files": [{"path": "data/a.tsv", "kind": "\(kind.rawValue)", "drawnFrom": null,
                    "sha256": ""}]}
        """.utf8))
    record.dataset = dataset
    let text = "# \(record.dataFileComment)\n\(columns)\n\(rows)"
    let file = folder.appending(path: "data/a.tsv")
    try makeFolder(at: file.deletingLastPathComponent())
    try writeFile(Data(text.utf8), to: file)
    record.files[0].sha256 = sha256Hex(Data(text.utf8))
    record.metrics = ["accuracy": Metric(of: values, seeds: measured)]
    record.settings = settings
    record.fingerprints = try fingerprint.map {
      let entry = "[{\"step\": 1, \"weights\": \"\($0)\"}]"
      return [training: try JSON.decode(WeightFingerprints.self, from: Data(entry.utf8))]
    }
    if let weights {
      try writeFile(weights, to: folder.appending(path: "w.safetensors"))
      let file =
        "{\"path\": \"w.safetensors\", \"kind\": \"weights\", \"drawnFrom\": null, "
        + "\"sha256\": \"\(sha256Hex(weights))\"}"
      record.files.append(try JSON.decode(FileRecord.self, from: Data(file.utf8)))
    }
    if let figure {
      let picture = try gnuplot.picture(
        of: figure, previous: nil, reading: OutputDirectory(folder).content
      ).picture
      try writeFile(picture.content, to: folder.appending(path: figure.picture))
      record.files.append(picture.record)
    }
    try writeFile(record.encoded(), to: folder.appending(path: "chapter9.json"))
    return RecordComparison.Side(record, in: folder)
  }

  /// Compares all results in the folder `b` with those in `a`.
  func findings(inFolders a: String, _ b: String) throws -> [Finding] {
    try Verification.findings(
      of: root.appending(path: a), repeatedIn: root.appending(path: b),
      drawing: gnuplot)
  }

  func findings(_ a: RecordComparison.Side, _ b: RecordComparison.Side) throws -> [Finding] {
    try RecordComparison(a, with: b, drawing: gnuplot).findings()
  }

  /// The program `gnuplot` in the root, if there is one.
  private var gnuplot: Gnuplot {
    let program = root.appending(path: "gnuplot")
    let isThere = FileManager.default.isExecutableFile(atPath: program.filePath)
    return Gnuplot(
      executable: isThere ? program : nil, root: root,
      workingFolder: root.appending(path: "drawing"),
      console: Console(isTerminal: false, output: { _ in }, errors: { _ in }))
  }

  /// Writes a program in place of gnuplot, whose pictures contain the data file, and a script for it.
  func writeGnuplot(version: String = "gnuplot 5") throws {
    try makeFolder(at: root.appending(path: "figures"))
    try writeFile(Data("plot 1".utf8), to: root.appending(path: "figures/a.gp"))
    let program = root.appending(path: "gnuplot")
    let lines = """
      #!/bin/sh
      if [ "$1" = --version ]; then echo '\(version)'; exit; fi
      data=$(printf '%s' "$3" | sed 's/.*data="\\([^"]*\\)".*/\\1/')
      echo "<?xml version='1.0'?>"; cat "$data/a.tsv" "$4"; echo "</svg>"
      """
    try writeFile(Data(lines.utf8), to: program)
    unsafe chmod(program.filePath, 0o755)
  }
}

@Suite struct ComparisonTests {
  @Test func equalRunsAreIdentical() throws {
    let runs = TwoRuns()
    let a = try runs.write("a", values: [0.5, 0.6], rows: "1\t2\n", seeds: [0, 1])
    let b = try runs.write("b", values: [0.5, 0.6], rows: "1\t2\n", seeds: [0, 1])
    #expect(
      try runs.findings(a, b) == [
        Finding("chapter9", "accuracy", .identical), Finding("chapter9", "data/a.tsv", .identical),
      ])
  }

  /// A repetition of the first seed alone is compared with the value of that seed.
  @Test(arguments: [(0.5, Outcome.identical), (0.501, .withinTolerance), (0.9, .differs)])
  func aSeedIsComparedWithItsOwnValue(value: Double, outcome: Outcome) throws {
    let runs = TwoRuns()
    let a = try runs.write("a", values: [0.5, 0.6], rows: "1\t2\n", seeds: [0, 1])
    let b = try runs.write("b", values: [value], rows: "1\t2\n", seeds: [0])
    #expect(try runs.findings(a, b)[0].outcome == outcome)
  }

  /// The values of two of three seeds are not those of the first two. Where the record does not name their seeds, only
  /// mean, deviation and number are compared.
  @Test(arguments: [
    ([0, 2] as [Int]?, 2, Outcome.identical), ([0, 2], 1, .withinTolerance),
    (nil, 1, .withinTolerance),
  ])
  func aMetricIsComparedWithTheSeedsOfItsValues(measured: [Int]?, seed: Int, outcome: Outcome)
    throws
  {
    let runs = TwoRuns()
    let a = try runs.write(
      "a", values: [0.5, 0.6], ofSeeds: measured, rows: "1\t2\n", seeds: [0, 1, 2])
    let b = try runs.write("b", values: [0.6], rows: "1\t2\n", seeds: [seed])
    #expect(try runs.findings(a, b)[0].outcome == outcome)
    #expect(try runs.findings(a, a)[0].outcome == .identical)
  }

  @Test(arguments: [
    ("1\t2\n3\t1000\n", Outcome.identical), ("1\t2.5\n3\t1000\n", .withinTolerance),
    ("1\t20\n3\t1000\n", .differs), ("1\t2\n", .differs), ("1\ttwo\n3\t1000\n", .differs),
    // A small difference in another row or column must not hide a number that is not finite.
    ("1\tNaN\n3\t1000.5\n", .differs), ("1\t2.5\n3\tinf\n", .differs),
    ("NaN\t2\n3\t1000.5\n", .differs),
    // Cells beyond the named columns.
    ("1\t2\t\n3\t1000\n", .differs), ("1\t2\n3\t1000\t7\n", .differs),
  ])
  func dataFilesAreComparedCellByCell(rows: String, outcome: Outcome) throws {
    let runs = TwoRuns()
    let a = try runs.write("a", values: [0.5], rows: "1\t2\n3\t1000\n", seeds: [0])
    let b = try runs.write("b", values: [0.5], rows: rows, seeds: [0])
    #expect(try runs.findings(a, b)[1].outcome == outcome)
  }

  @Test func theRowsOfDataFilesAreCounted() {
    let file = "# a run\nx\ty\n1\t2\n3\t4\n"
    func detail(_ other: String) -> String { differenceOfDataFiles(file, other).detail }
    #expect(detail(file + "5\t6\n") == "2 rows, now 3")
    #expect(
      detail(file.replacing("\t4", with: "\t8")) == "1 of 2 rows, most in column y, row 2: 4, now 8"
    )
    #expect(differenceOfDataFiles(file, String(file.dropLast())) == .identical)
  }

  /// In a data file the column "run" has the names of curves; it does not describe the run that wrote the file.
  @Test func theNamesOfCurvesAreCompared() {
    let curves = "# a run\nrun\ty\tseconds\nMixMatch\t1\t5\n"
    let later = curves.replacing("\t5\n", with: "\t6\n")
    #expect(differenceOfDataFiles(curves, later) == .identical)
    let renamed = curves.replacing("MixMatch", with: "VAT")
    #expect(differenceOfDataFiles(curves, renamed).outcome == .differs)
  }

  @Test func cellsWithoutAColumnAreCompared() {
    let a = "# a run\nx\n1\t2\n"
    #expect(differenceOfDataFiles(a, a) == .identical)
    #expect(differenceOfDataFiles(a, a.replacing("\t2", with: "\t3")).outcome == .differs)
    let table = "**T.** x\n\n| a |\n| --- |\n| 1 |\n\nrun 1\n"
    let wider = table.replacing("| 1 |", with: "| 1 | |")
    #expect(differenceOfTables(table, wider).outcome == .differs)
  }

  /// A figure over all seeds says how many in its variable, and cannot be repeated with fewer.
  @Test func aFigureOverAllSeedsIsNotComparedWithFewerSeeds() throws {
    let runs = TwoRuns()
    try runs.writeGnuplot()
    func outcomes(_ rows: String, seeds: [Int]) throws -> [Outcome] {
      let sides = try [("a", "1\t2\n", [0, 1]), ("b", rows, seeds)].map { name, rows, seeds in
        try runs.write(
          name, values: seeds.map { _ in 0.5 }, rows: rows, seeds: seeds,
          figure: Figure(
            script: "a", picture: "a.svg", data: ["a"], variables: ["seeds": "\(seeds.count)"]))
      }
      return try runs.findings(sides[0], sides[1]).map(\.outcome)
    }
    #expect(try outcomes("1\t3\n", seeds: [0]) == [.identical, .notCompared, .notCompared])
    #expect(try outcomes("1\t3\n", seeds: [0, 1]) == [.identical, .differs, .differs])
  }

  /// A picture of times differs from that of a repetition, but not if it is drawn from the recorded times.
  @Test func aPictureIsDrawnFromTheRecordedData() throws {
    let runs = TwoRuns()
    try runs.writeGnuplot()
    let figure = Figure(script: "a", picture: "a.svg", data: ["a"], variables: [:])
    func run(_ name: String, seconds: Int) throws -> RecordComparison.Side {
      try runs.write(
        name, values: [0.5], rows: "1\t\(seconds)\n", seeds: [0], columns: "x\tseconds",
        figure: figure)
    }
    let (a, b) = (try run("a", seconds: 2), try run("b", seconds: 3))
    #expect(try runs.findings(a, b).last == Finding("chapter9", "a.svg", .identical))
    // Another version of gnuplot draws other bytes, but the scripts can be compared.
    try runs.writeGnuplot(version: "gnuplot 6")
    #expect(try runs.findings(a, b).last?.outcome == .notCompared)
    try writeFile(Data("plot 3".utf8), to: runs.root.appending(path: "figures/a.gp"))
    #expect(try runs.findings(a, b).last?.outcome == .differs)
    try runs.writeGnuplot()
    #expect(try runs.findings(a, b).last == Finding("chapter9", "a.svg", .identical))
    try writeFile(Data("plot 2".utf8), to: runs.root.appending(path: "figures/a.gp"))
    #expect(try runs.findings(a, b).last?.outcome == .differs)
  }

  /// A picture that its record names, but that its script does not draw, is not a repetition.
  @Test func anotherPictureDiffers() throws {
    let runs = TwoRuns()
    try runs.writeGnuplot()
    let figure = Figure(script: "a", picture: "a.svg", data: ["a"], variables: [:])
    let sides = try ["a", "b"].map {
      try runs.write($0, values: [0.5], rows: "1\t2\n", seeds: [0], figure: figure)
    }
    let picture = Finding("chapter9", "a.svg", .identical)
    #expect(try runs.findings(sides[0], sides[1]).last == picture)
    let folder = runs.root.appending(path: "b")
    let other = Data("<?xml version='1.0'?></svg>".utf8)
    try writeFile(other, to: folder.appending(path: "a.svg"))
    #expect(try runs.findings(sides[0], sides[1]).last?.outcome == .differs)
    var record = try #require(try RunRecord.load(chapter: 9, from: folder))
    record.files[1].sha256 = sha256Hex(other)
    #expect(
      try runs.findings(sides[0], RecordComparison.Side(record, in: folder)).last
        == Finding(
          "chapter9", "a.svg", .differs, "another picture than its script draws from its data"))
    // The same picture in both runs is not drawn again.
    try writeFile(Data("plot 2".utf8), to: runs.root.appending(path: "figures/a.gp"))
    #expect(try runs.findings(sides[0], sides[0]).last == picture)
  }

  /// Pixels need not be kept; without them the checksums are compared, apart from the first line.
  @Test func pixelsThatAreNotKeptAreComparedByTheirChecksum() throws {
    let runs = TwoRuns()
    try runs.writeGnuplot()
    let figure = Figure(script: "a", picture: "a.svg", data: ["a"], variables: [:])
    func run(_ name: String, _ rows: String) throws -> RecordComparison.Side {
      try runs.write(name, values: [0.5], rows: rows, seeds: [0], figure: figure, kind: .pixels)
    }
    func outcomes(_ a: RecordComparison.Side, _ b: RecordComparison.Side) throws -> [Outcome] {
      try runs.findings(a, b).dropFirst().map(\.outcome)
    }
    let (a, b, other) = (
      try run("a", "1\t2\n"), try run("b", "1\t2\n"), try run("other", "1\t3\n")
    )
    try removeFile(at: runs.root.appending(path: "a/data/a.tsv"))
    #expect(try outcomes(a, a) == [.identical, .identical])
    #expect(try outcomes(a, b) == [.identical, .identical])
    #expect(try outcomes(b, a) == [.identical, .identical])
    #expect(try outcomes(a, other) == [.differs, .differs])
    #expect(try outcomes(other, a) == [.differs, .differs])
    try removeFile(at: runs.root.appending(path: "b/data/a.tsv"))
    #expect(try outcomes(a, b) == [.notCompared, .notCompared])
    try removeFile(at: runs.root.appending(path: "other/data/a.tsv"))
    #expect(try outcomes(b, other) == [.differs, .differs], "their first lines are equal")
  }

  /// A data set, fingerprint or file that only one of two records has.
  @Test func whatIsMissingOnOneSideDiffers() throws {
    let runs = TwoRuns()
    let mnist = DatasetIdentity(name: "MNIST", sha256: "ba891046", synthetic: false)
    let whole = try runs.write(
      "a", values: [0.5], rows: "1\t2\n", seeds: [0], fingerprint: "f17d34c2259a71e6",
      weights: Data([1]), dataset: mnist)
    let part = try runs.write(
      "b", values: [0.5], rows: "1\t2\n", seeds: [0], fingerprint: "f17d34c2259a71e6",
      ofTraining: "other")
    let items = ["data set", "w.safetensors", "weights of net", "weights of other"]
    for (a, b) in [(whole, part), (part, whole)] {
      let different = try runs.findings(a, b).filter { $0.outcome == .differs }
      #expect(different.map(\.item).sorted() == items)
    }
  }

  /// A repetition of the first seed has no training runs of the others.
  @Test(arguments: [[0], [0, 1]]) func fingerprintsOfOtherSeedsAreNotMissed(seeds: [Int]) throws {
    let runs = TwoRuns()
    let a = try runs.write(
      "a", values: [0.5, 0.5], rows: "1\t2\n", seeds: [0, 1], fingerprint: "f17d34c2259a71e6",
      ofTraining: "net seed 1")
    let b = try runs.write("b", values: seeds.map { _ in 0.5 }, rows: "1\t2\n", seeds: seeds)
    let finding = try runs.findings(a, b).first { $0.item == "weights of net seed 1" }
    let expected: Outcome? = seeds == [0] ? nil : .differs
    #expect(finding?.outcome == expected)
  }

  @Test(arguments: [
    ("f17d34c2259a71e6" as String?, Outcome.identical), ("8fcfb15de744029b", .differs),
    (nil, .notCompared),
  ])
  func fingerprintsAreCompared(recorded: String?, outcome: Outcome) throws {
    let runs = TwoRuns()
    let a = try runs.write(
      "a", values: [0.5], rows: "1\t2\n", seeds: [0], fingerprint: recorded)
    let b = try runs.write(
      "b", values: [0.5], rows: "1\t2\n", seeds: [0], fingerprint: "f17d34c2259a71e6")
    let finding = try runs.findings(a, b).first { $0.item == "weights of net" }
    #expect(finding?.outcome == outcome)
  }

  /// A file that is not the one of its record is not a repetition, even if its numbers are the same.
  @Test(arguments: ["", "# comment\n", "\n"])
  func aFileThatWasChangedDiffers(line: String) throws {
    let runs = TwoRuns()
    let a = try runs.write("a", values: [0.5], rows: "1\t2\n", seeds: [0])
    let b = try runs.write("b", values: [0.5], rows: "1\t2\n", seeds: [0])
    let file = runs.root.appending(path: "b/data/a.tsv")
    try writeFile(readFile(at: file) + Data(line.utf8), to: file)
    #expect(try runs.findings(a, b)[1].outcome == (line.isEmpty ? .identical : .differs))
  }

  /// Weights are compared by their bytes, also those that are not text, and need not be kept.
  @Test(arguments: [true, false], [true, false])
  func weightsAreCompared(areEqual: Bool, areKept: Bool) throws {
    let runs = TwoRuns()
    let a = try runs.write(
      "a", values: [0.5], rows: "1\t2\n", seeds: [0], weights: Data([0xff, 0xf5]))
    let b = try runs.write(
      "b", values: [0.5], rows: "1\t2\n", seeds: [0],
      weights: Data([0xff, areEqual ? 0xf5 : 0xf6]))
    if !areKept { try removeFile(at: runs.root.appending(path: "a/w.safetensors")) }
    #expect(try runs.findings(a, b).last?.outcome == (areEqual ? .identical : .differs))
  }

  /// What is repeated is compared; what is recorded beside it is not missed.
  @Test func directoriesAreCompared() throws {
    let runs = TwoRuns()
    _ = try runs.write("a", values: [0.5], rows: "1\t2\n", seeds: [0])
    _ = try runs.write("b", values: [0.5], rows: "1\t3\n", seeds: [0])
    #expect(try runs.findings(inFolders: "a", "b").map(\.outcome) == [.identical, .differs])
    try makeFolder(at: runs.root.appending(path: "empty"))
    #expect(throws: (any Error).self) { try runs.findings(inFolders: "empty", "b") }
  }

  @Test func otherSettingsAreNamed() throws {
    let runs = TwoRuns()
    let a = try runs.write(
      "a", values: [0.5], rows: "1\t2\n", seeds: [0], settings: .object(["alpha": .number(0.75)]))
    let b = try runs.write(
      "b", values: [0.5], rows: "1\t2\n", seeds: [0], settings: .object(["alpha": .number(0.2)]))
    let finding = try runs.findings(a, b)[0]
    #expect(finding.outcome == .differs && finding.detail.contains("alpha: 0.75, now 0.2"))
    let difference = try RunDifference.all(
      runs.root.appending(path: "a"), runs.root.appending(path: "b"))[0]
    #expect(difference.settings.map(\.name) == ["commit", "settings.alpha"])
    #expect(difference.text.contains("1 of 1 metrics are equal"))
  }

  /// Numbers that differ count as other ones even where five digits do not show it.
  @Test func metricsAreComparedByTheirNumbers() throws {
    let runs = TwoRuns()
    let values = [[0.5, 0.6], [0.5, 0.600000001], [0.6, 0.5]]
    for (name, values) in zip(["a", "b", "c"], values) {
      _ = try runs.write(name, values: values, rows: "1\t2\n", seeds: [0, 1])
    }
    func text(_ a: String, _ b: String) throws -> String {
      let folders = [a, b].map { runs.root.appending(path: $0) }
      return try RunDifference.all(folders[0], folders[1])[0].text
    }
    #expect(try text("a", "a").contains("1 of 1 metrics are equal"))
    #expect(try text("a", "b").contains("0 of 1 metrics are equal"))
    #expect(try text("a", "b").contains("0.5, 0.600000001)"))
    #expect(try text("a", "c").contains("0 of 1 metrics are equal"))
  }

  /// The page shows no picture that is not the recorded one.
  @Test func aDamagedPictureIsNamed() throws {
    let runs = TwoRuns()
    try runs.writeGnuplot()
    let folders = ["a", "b"].map { runs.root.appending(path: $0) }
    let figure = Figure(script: "a", picture: "a.svg", data: ["a"], variables: [:])
    _ = try runs.write("a", values: [0.5], rows: "1\t2\n", seeds: [0], figure: figure)
    _ = try runs.write("b", values: [0.5], rows: "1\t2\n", seeds: [0])
    let differences = try RunDifference.all(folders[0], folders[1])
    // A picture that the record of B does not list, from an earlier run.
    try writeFile(Data("garbage".utf8), to: folders[1].appending(path: "a.svg"))
    let page = try RunDifference.page(differences, folders[0], folders[1])
    #expect(page.contains("alt=\"a.svg of run A\"") && page.contains("B: no such picture"))
    try writeFile(Data("garbage".utf8), to: folders[0].appending(path: "a.svg"))
    let error = #expect(throws: Failure.self) {
      try RunDifference.page(differences, folders[0], folders[1])
    }
    #expect(
      error?.description.contains("a.svg: found a file that was changed or damaged") == true)
  }

  @Test func tablesAreComparedWithoutLinksTimesAndOrigin() {
    let table =
      "**T.** x\n\n| a | date | b |\n| --- | --- | --- |\n| 1 | today | [2](chapter9.json#b) |\n\nrun 1\n"
    let same = "**T.** x\n\n| a | date | b |\n| --- | --- | --- |\n| 1 | later | 2 |\n\nrun 2\n"
    #expect(differenceOfTables(table, same) == .identical)
    #expect(differenceOfTables(table, same.replacing("| 2 |", with: "| 3 |")).outcome == .differs)
  }

  @Test func emptyCellsOfATableKeepTheColumnsInOrder() {
    func table(_ points: String, _ time: String) -> String {
      "**T.** x\n\n|  | points | time per seed |\n| --- | --- | --- |\n| a | \(points) | \(time) |\n\nrun 1\n"
    }
    #expect(differenceOfTables(table("", "5 min"), table("", "6 min")) == .identical)
    #expect(differenceOfTables(table("+1.0", "5 min"), table("+2.0", "5 min")).outcome == .differs)
  }

  /// The content of the record of a training run.
  private func trainingRecord(
    of name: String = "a, short, seed 0", fingerprints: String,
    dated date: String = "2026-01-01T00:00:00Z"
  ) throws -> Data {
    let text = """
      {"dataset": {"name": "MNIST", "sha256": "ab", "synthetic": false}, "inputs": {}, "sources": "cd",
       "stage": {"name": "\(name)", "key": "ef", "commit": "1a2b3c4", "dirty": false,
                 "date": "\(date)", "threads": 2, "blasCore": "Haswell", "seconds": 1},
       "value": {"fingerprints": \(fingerprints)}}
      """
    return try SealedJSON.encode(JSON.decode(JSONValue.self, from: Data(text.utf8)))
  }

  @Test(arguments: [("f17d34c2259a71e6", Outcome.identical), ("8fcfb15de744029b", .differs)])
  func theFirstStepsOfATrainingRunAreCompared(taken: String, outcome: Outcome) throws {
    let runs = TwoRuns()
    let name = "a, short, seed 0"
    _ = try runs.write(
      "repeated", values: [0.5], rows: "1\t2\n", seeds: [0],
      settings: .object([name: .object([:])]), fingerprint: taken,
      ofTraining: "first steps of \(name)")
    let trainings = runs.root.appending(path: "trainings")
    try makeFolder(at: trainings)
    try writeFile(
      trainingRecord(fingerprints: #"[{"step": 1, "weights": "f17d34c2259a71e6"}]"#),
      to: trainings.appending(path: "a.json"))
    let recorded = try #require(try RecordedTraining.all(in: trainings).first)
    let repeated = try #require(
      try RunRecord.load(chapter: 9, from: runs.root.appending(path: "repeated")))
    #expect(recorded.finding(in: [repeated]).outcome == outcome)
  }

  /// The option --dataset appends the data set to the name of the specification.
  @Test func aTrainingRunOnAnotherDataSetIsRepeatedUnderTheNameOfItsSpecification() throws {
    let runs = TwoRuns()
    _ = try runs.write("a", values: [0.5], rows: "1\t2\n", seeds: [0])
    var record = try #require(try RunRecord.load(chapter: 9, from: runs.root.appending(path: "a")))
    let trainings = runs.root.appending(path: "trainings")
    try makeFolder(at: trainings)
    try writeFile(
      trainingRecord(of: "All labels svhn, short, seed 0", fingerprints: "[]"),
      to: trainings.appending(path: "all-labels-svhn-short-seed-0.json"))
    let training = try #require(try RecordedTraining.all(in: trainings).first)
    record.options = ["dataset": "svhn"]
    #expect(training.argument(for: record) == "all-labels")
    record.options = [:]
    #expect(training.argument(for: record) == "all-labels-svhn")
  }

  @Test func aTrainingRunWithOtherContentIsNamed() throws {
    let folder = URL.temporaryDirectory.appending(path: "trainings-\(UUID().uuidString)")
    try makeFolder(at: folder)
    defer { removeTree(at: folder) }
    func complaint(
      fingerprints: String = "[]", dated date: String = "2026-01-01T00:00:00Z"
    ) throws -> String? {
      try writeFile(
        trainingRecord(fingerprints: fingerprints, dated: date),
        to: folder.appending(path: "a.json"))
      do {
        return try RecordedTraining.all(in: folder).isEmpty ? "none" : nil
      } catch {
        return oneLine(error)
      }
    }
    #expect(try complaint() == nil)
    let invalid = try complaint(dated: "yesterday") ?? ""
    #expect(
      invalid.hasSuffix(
        "a.json: found the date \"yesterday\", expected the record of a training run; remove it"),
      "\(invalid)")
    for other in [#"[{"step": 1, "weights": "zz"}]"#, "null"] {
      let line = try complaint(fingerprints: other) ?? ""
      #expect(
        line.hasSuffix(
          "a.json: found other content as fingerprints, expected the record of a training run"),
        "\(line)")
    }
  }

  @Test func aDirectoryWithoutRecordsIsNoRun() throws {
    let runs = TwoRuns()
    try makeFolder(at: runs.root)
    #expect(throws: Failure.self) { try RunDifference.all(runs.root, runs.root) }
  }
}
