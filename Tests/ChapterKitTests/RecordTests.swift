import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Testing

@Suite struct RecordTests {
  private func record(_ change: (inout RunRecord) -> Void = { _ in }) throws -> RunRecord {
    var record = try JSONDecoder().decode(RunRecord.self, from: Data(written.utf8))
    change(&record)
    return record
  }

  @Test func stamps() throws {
    let usual = "MNIST ba891046 · commit 1a2b3c4 · 2 threads, OpenBLAS kernels SkylakeX · 231 s"
    #expect(try record().stamp == "chapter 3 · preset article · seed 0 · \(usual)")
    #expect(
      try record {
        $0.preset = .smoke; $0.seeds = [4, 5, 6]
      }.stamp
        == "SMOKE RUN · chapter 3 · preset smoke · seeds 4–6 · \(usual)")
    #expect(
      try record {
        $0.preset = .smoke
        $0.dataset?.name = "synthetic digits"
        $0.dataset?.synthetic = true
      }.stamp.hasPrefix(
        "SMOKE RUN · SYNTHETIC DIGITS · chapter 3 · preset smoke · seed 0 · synthetic digits ba891046 · "
      ))
    #expect(
      try record {
        $0.dirty = true; $0.threads = 1; $0.dataset = nil; $0.wallSeconds = 29_100
      }.stamp
        == "chapter 3 · preset article · seed 0 · commit 1a2b3c4 dirty · 1 thread, OpenBLAS kernels SkylakeX · 8 h 05 min"
    )
    #expect(
      try record {
        $0.commit = "unknown"; $0.dirty = nil
      }.stamp.contains("· commit unknown ·"))
  }

  /// 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and sample standard deviation √(32/7).
  @Test func metricsHaveMeanDeviationAndCount() {
    let metric = Metric(of: [2, 4, 4, 4, 5, 5, 7, 9])
    #expect(metric.mean == 5 && metric.n == 8)
    #expect(abs((metric.sd ?? 0) - 2.138089935299395) < 1e-12)
    #expect(Metric(of: [0.9]).sd == nil)
  }

  @Test func aRecordIsWrittenAsItWasRead() throws {
    let lines = String(decoding: try record().encoded(), as: UTF8.self).split(separator: "\n")
    #expect(lines[1] == "  \"sha256\" : \"\(sha256Hex(Data((written + "\n").utf8)))\",")
    #expect((lines[..<1] + lines[2...]).joined(separator: "\n") == written)
  }

  @Test func nilIsEncodedAsNullAndDecoded() throws {
    let bench = try Workbench()
    let record = try record {
      $0.dirty = nil
      $0.dataset = nil
    }
    let text = String(decoding: try record.encoded(), as: UTF8.self)
    for part in ["\"dirty\" : null", "\"dataset\" : null"] {
      #expect(text.contains(part), "\(part)")
    }
    try bench.write(text, to: "figures/chapter3.json")
    #expect(try bench.record() == record)
    #expect(try RunRecord.load(chapter: 4, from: bench.out) == nil)
    try bench.write("{}", to: "figures/chapter4.json")
    #expect(throws: (any Error).self) { try RunRecord.load(chapter: 4, from: bench.out) }
  }

  /// Records of other data or settings cannot decide a claim about a data set.
  @Test(
    arguments: [
      ("MNIST", [:], nil), ("MNIST, not the original bytes", [:], nil),
      ("MNIST", ["preset": "short", "recorded": "a", "only-recorded": "1"], nil),
      (
        "MNIST", ["temperature": "1.0", "rate": "2"], "chapter 3 was run with --rate, --temperature"
      ),
      ("MNIST-C", [:], "chapter 3 was run on MNIST-C, not on MNIST"),
      ("SVHN", [:], "chapter 3 was run on SVHN, not on MNIST"),
      (nil, [:], "chapter 3 was run on no data set, not on MNIST"),
    ] as [(String?, [String: String], String?)])
  func obstaclesToAClaim(name: String?, options: [String: String], obstacle: String?) throws {
    let record = try record { record in
      record.dataset = name.map { DatasetIdentity(name: $0, sha256: "ba", synthetic: false) }
      record.options = options
    }
    #expect(record.obstacle(toClaimAbout: .mnist) == obstacle)
  }

  @Test func recordsOfOtherPresetsOrDataCannotBeCompared() throws {
    let one = try record()
    var other = one
    other.chapter = "ablations"
    #expect(one.obstacle(toComparisonWith: other) == nil)
    other.dataset?.sha256 = "e30ffe5a"
    #expect(
      one.obstacle(toComparisonWith: other)
        == "chapter 3 was run on MNIST ba891046, ablations on MNIST e30ffe5a")
    other.dataset = nil
    #expect(
      one.obstacle(toComparisonWith: other)?.hasSuffix("ablations without a data set") == true)
    other.preset = .short
    #expect(
      one.obstacle(toComparisonWith: other)
        == "chapter 3 was run with the preset article, ablations with the preset short")
  }

  // MARK: Runs

  @Test func unknownSeedsAreLeftOut() throws {
    let bench = try Workbench()
    #expect(bench.run("--seeds", "3") { $0.leaveOutSeeds { $0 != 1 } } == 0)
    let record = try #require(try bench.record())
    #expect(record.seeds == [0, 2] && record.stamp.contains("· seeds 0, 2 ·"))
    #expect(record.command == "make chapter3 SEEDS=3")
  }

  @Test func aMetricOfSomeSeedsNamesThem() throws {
    let bench = try Workbench()
    let status = bench.run("--seeds", "3") { run in
      run.record(metric: "all", values: [1.0, 2, 3], ofSeeds: run.seeds)
      run.record(metric: "some", values: [1.0, 3], ofSeeds: [0, 2])
      run.record(metric: "last", values: [3.0], ofSeeds: [2])
      run.record(metric: "one", values: [4.0])
    }
    #expect(status == 0, "\(bench.standardError)")
    let record = try #require(try bench.record())
    #expect(record.metrics["all"]?.seeds == nil, "all seeds of the run need not be named")
    #expect(record.metric("all")?.valuesBySeed == [0: 1, 1: 2, 2: 3])
    #expect(record.metric("some")?.valuesBySeed == [0: 1, 2: 3])
    #expect(record.metric("last")?.valuesBySeed == [2: 3])
    #expect(record.metric("one")?.valuesBySeed == nil)
  }

  private func runOnce(_ bench: Workbench, _ arguments: String..., accuracy: Double = 0.9) -> Int32
  {
    Workbench.chapter.run(arguments: arguments, in: bench.environment) { run in
      try run.record(settings: ["labels": 500])
      let value = try run.stage("train", inputs: ["accuracy": accuracy]) { progress in
        progress.update(1, of: 1, [.accuracy(accuracy)])
        bench.seconds += 12.25
        return accuracy
      }
      run.record(metric: "accuracy.T1", values: [value])
      run.report([Comparison("accuracy", metric: "accuracy.T1", article: 0.801, as: .percent)])
    }
  }

  @Test func aRunWritesItsRecordAndReportsIt() throws {
    let bench = try Workbench()
    #expect(runOnce(bench, "--threads", "2") == 0)
    let record = try #require(try bench.record())
    #expect(record.settings == .object(["labels": .number(500)]))
    #expect(record.metrics == ["accuracy.T1": Metric(of: [0.9])])
    #expect(record.wallSeconds == 12.25 && record.stages.map(\.name) == ["train"])
    #expect(record.threads == 2 && record.blasCore == "Haswell" && record.dirty == false)
    #expect(record.date == "2023-11-14T22:13:20Z")
    #expect(
      bench.complaints == [
        "train: 1 of 1, accuracy 90.0 %", "train: done in 12 s, accuracy 90.0 %",
      ])
    #expect(
      bench.standardOutput
        .hasPrefix(
          "          measured  article\naccuracy  90.0 %    80.1 %\nchapter3: done; results in "))
  }

  @Test func aRecordHasTheFingerprintsOfItsTrainings() throws {
    let bench = try Workbench()
    let json = #"[{"step":1,"weights":"00f3a969ef350f78"},{"step":7,"weights":"2f20b4ea1c69d79c"}]"#
    let fingerprints = try JSONDecoder().decode(WeightFingerprints.self, from: Data(json.utf8))
    let status = bench.run { run in
      run.record(try run.stage("train") { _ in fingerprints }, ofStage: "train")
    }
    #expect(status == 0)
    #expect(try bench.record()?.fingerprints == ["train": fingerprints])
    #expect(fingerprints.entries.map(\.step) == [1, 7])
    #expect(try record().fingerprints == nil)
  }

  @Test func loadedResultsKeepTheirDateAndCommit() throws {
    let bench = try Workbench()
    #expect(runOnce(bench) == 0)
    let first = bench.read("figures/chapter3.json")
    bench.commit = "ffffffffffff"
    bench.date += 3600
    #expect(runOnce(bench, "--threads", "1") == 0)
    #expect(bench.read("figures/chapter3.json") == first)
    #expect(bench.standardError.split(separator: "\n").count == 2, "only the first run's lines")
    #expect(bench.standardOutput.contains("chapter3: everything is up to date; results in "))
    #expect(runOnce(bench, accuracy: 0.8) == 0)
    #expect(try bench.record()?.commit == "ffffffffffff")
    #expect(try bench.record()?.date == "2023-11-14T23:13:20Z")
  }

  @Test func aSmokeRunNeverReplacesARealRecord() throws {
    let bench = try Workbench()
    #expect(runOnce(bench) == 0)
    let before = bench.read("figures/chapter3.json")
    let status = bench.run("--preset", "smoke", "--out", bench.out.path) { _ in
      Issue.record("There must be no work.")
    }
    #expect(status == 1)
    #expect(bench.complaints.count == 1)
    #expect(
      bench.standardError.hasSuffix(
        "chapter3.json: found the record of a run (preset article, no data), "
          + "which a smoke run never replaces; give another OUT (--out)\n"))
    #expect(bench.read("figures/chapter3.json") == before)
    #expect(runOnce(bench, "--preset", "smoke") == 0, "its own directory is free")
    #expect(try RunRecord.load(chapter: 3, from: bench.out.appending(path: "smoke")) != nil)
  }

  @Test func aDamagedRecordIsReplacedByARealRunOnly() throws {
    let bench = try Workbench()
    try bench.write("half a rec", to: "figures/chapter3.json")
    #expect(runOnce(bench, "--preset", "smoke", "--out", bench.out.path) == 1)
    #expect(bench.read("figures/chapter3.json") == "half a rec")
    #expect(runOnce(bench) == 0)
    #expect(
      bench.standardError.contains(
        "json: found a damaged file, expected the record of a run; this run replaces it"))
    #expect(try bench.record() != nil)
  }

  @Test func outMustBeADirectoryThatCanBeWritten() throws {
    let bench = try Workbench()
    try bench.write("", to: "file")
    for out in [bench.root.path + "/file", "/dev/null/out"] {
      #expect(bench.run("--out", out) { _ in Issue.record("There must be no work.") } == 1)
      #expect(bench.complaints.count == 1)
      #expect(
        bench.standardError.hasPrefix(
          "chapter3: \(out): cannot be created (mkdir: Not a directory); move "),
        "\(bench.standardError)")
    }
  }

  /// With one free descriptor a file can be written, but its folder cannot be synchronised.
  @Test func anOutThatCannotBeWrittenKeepsNoProbe() async {
    await #expect(processExitsWith: .success) {
      let bench = try Workbench()
      try bench.write("", to: "out/file")
      let out = bench.root.appending(path: "out")
      var limit = rlimit()
      #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      #else
        let resource = RLIMIT_NOFILE
      #endif
      unsafe getrlimit(resource, &limit)
      let usual = limit.rlim_cur
      let free = unsafe open("/dev/null", O_RDONLY)
      close(free)
      limit.rlim_cur = rlim_t(free) + 1
      unsafe setrlimit(resource, &limit)
      let error = #expect(throws: FileError.self) {
        try OutputDirectory(out).prepare(subdirectories: [])
      }
      limit.rlim_cur = usual
      unsafe setrlimit(resource, &limit)
      #expect(error?.description.contains("raise the limit on open files") == true)
      #expect(try listFolder(at: out) == ["file"])
    }
  }
}

/// Records with invalid values or damage.
@Suite struct InvalidRecordTests {
  @Test(arguments: [
    ("0.907", "9e300", "the metric accuracy.T0.5 with the mean 9e+300"),
    ("0.907", "\"nan\"", "the metric accuracy.T0.5 with the mean nan"),
    ("\"n\" : 1,", "\"n\" : 0,", "the metric accuracy.T0.5 of 0 runs"),
    (
      "\"n\" : 1,", "\"n\" : 1, \"seeds\" : [1],",
      "the metric accuracy.T0.5 of 1 runs with the seeds [1]"
    ),
    (
      "\"n\" : 1,", "\"n\" : 1, \"seeds\" : [],",
      "the metric accuracy.T0.5 of 1 runs with the seeds []"
    ),
    ("\"sd\" : null", "\"sd\" : -1", "the metric accuracy.T0.5 with the deviation -1.0"),
    ("\"sd\" : null", "\"sd\" : 0.1", "the metric accuracy.T0.5 of 1 run with a deviation"),
    ("\"n\" : 1,", "\"n\" : 2,", "the metric accuracy.T0.5 of 2 runs without a deviation"),
    (
      "\"n\" : 1,\n      \"sd\" : null", "\"n\" : 3,\n      \"sd\" : 0.1",
      "the metric accuracy.T0.5 of 3 runs with the seeds [0]"
    ),
    ("1a2b3c4d5e6f", "1a2b3c4d'; x", "the commit \"1a2b3c4d'; x\""),
    ("2025-01-01T00:00:00Z", "yesterday", "the date \"yesterday\""),
    ("231.4", "-1", "wallSeconds of -1.0"),
    ("\"threads\" : 2", "\"threads\" : 0", "0 threads"),
    ("    0\n", "    9223372036854775807\n", "the seeds [9223372036854775807]"),
    ("    0\n", "    1, 0\n", "the seeds [1, 0]"),
    ("data/chapter3-tsne.tsv", "../chapter3-tsne.tsv", "the path \"../chapter3-tsne.tsv\""),
  ])
  func invalidValuesAreRejected(old: String, new: String, found: String) throws {
    let bench = try Workbench()
    let changed = Data((written.replacing(old, with: new) + "\n").utf8)
    try bench.write(
      String(decoding: SealedJSON.seal(changed), as: UTF8.self), to: "figures/chapter3.json")
    let error = #expect(throws: Failure.self) { try bench.record() }
    #expect(
      error?.description.hasSuffix(
        "chapter3.json: found \(found), expected the record of a run; move it away if it is another file, or run make chapter3"
      )
        == true, "\(error?.description ?? "")")
  }

  @Test func everyChangedByteIsDetected() throws {
    let bench = try Workbench()
    let whole = SealedJSON.seal(Data((written + "\n").utf8))
    let file = bench.root.appending(path: "figures/chapter3.json")
    try whole.write(to: file)
    #expect(try bench.record() != nil)
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 1
      try changed.write(to: file)
      #expect(throws: Failure.self, "byte \(place)") { try bench.record() }
      try whole.prefix(place).write(to: file)
      #expect(throws: Failure.self, "cut at \(place)") { try bench.record() }
    }
  }

  @Test func aRunWithNonFiniteMetricsWritesNothing() throws {
    let bench = try Workbench()
    func run(_ accuracy: Double) -> Int32 {
      bench.run {
        $0.record(metric: "accuracy", values: [accuracy])
        $0.write(DataFile(name: "chapter3-points", columns: [DataColumn("x", [accuracy])]))
      }
    }
    #expect(run(.nan) == 1)
    #expect(bench.complaints.last?.contains("found the metric accuracy with the mean nan") == true)
    #expect(bench.read("figures/chapter3.json") == nil)
    #expect(run(0.5) == 0)
    let before = bench.read("figures/data/chapter3-points.tsv")
    #expect(run(.infinity) == 1)
    #expect(before != nil && bench.read("figures/data/chapter3-points.tsv") == before)
  }

  @Test func aFolderWithTheNameOfTheRecordIsAnErrorBeforeAnyWork() throws {
    let bench = try Workbench()
    try bench.write("", to: "figures/chapter3.json/file")
    #expect(bench.run { _ in Issue.record("There must be no work.") } == 1)
    #expect(
      bench.complaints.last?.hasSuffix(
        "chapter3.json: found a folder, expected a file; name another file, or move this away")
        == true, "\(bench.standardError)")
  }

  @Test func aDamagedRecordIsAnErrorAndAMissingOneIsNot() throws {
    let bench = try Workbench()
    #expect(bench.run { $0.record(metric: "accuracy", values: [0.5]) } == 0)
    let whole = try #require(bench.read("figures/chapter3.json"))
    #expect(try Records(in: bench.out, of: [3, "ablations"])["ablations"] == nil)
    #expect(try Records(in: bench.out, of: ["ablations"], allowingNone: true).isEmpty)
    #expect(try !Records(in: bench.out, of: [3], allowingNone: true).isEmpty)
    try bench.write(String(whole.prefix(300)), to: "figures/ablations.json")
    #expect { try Records(in: bench.out, of: [3, "ablations"]) } throws: {
      oneLine($0).contains("ablations.json: found a file that was changed or damaged")
    }
    #expect(throws: Never.self) { try Records(in: bench.out, of: [3]) }
    try bench.write(whole, to: "figures/ablations.json")
    #expect { try Records(in: bench.out) } throws: {
      oneLine($0).contains("found the record of chapter3, expected that of ablations")
    }
    try removeFile(at: bench.out.appending(path: "ablations.json"))
    for name in ["bench", "bench-partial"] { try bench.write("{}", to: "figures/\(name).json") }
    #expect(throws: Never.self) { try Records(in: bench.out) }
  }
}

/// A record without its checksum, as it is written.
private let written = """
  {
    "blasCore" : "SkylakeX",
    "chapter" : 3,
    "commit" : "1a2b3c4d5e6f",
    "dataset" : {
      "name" : "MNIST",
      "sha256" : "ba891046e6505d7a",
      "synthetic" : false
    },
    "date" : "2025-01-01T00:00:00Z",
    "dirty" : false,
    "files" : [
      {
        "drawnFrom" : null,
        "kind" : "data",
        "path" : "data/chapter3-tsne.tsv",
        "sha256" : "ab"
      }
    ],
    "metrics" : {
      "accuracy.T0.5" : {
        "mean" : 0.907,
        "n" : 1,
        "sd" : null
      }
    },
    "preset" : "article",
    "seeds" : [
      0
    ],
    "settings" : {
      "labels" : 500,
      "temperatures" : [
        1,
        0.5
      ]
    },
    "stages" : [
      {
        "blasCore" : "SkylakeX",
        "commit" : "1a2b3c4d5e6f",
        "date" : "2025-01-01T00:00:00Z",
        "dirty" : false,
        "key" : "cd",
        "name" : "train",
        "seconds" : 231.4,
        "threads" : 2
      }
    ],
    "threads" : 2,
    "title" : "Sharpening",
    "wallSeconds" : 231.4
  }
  """
