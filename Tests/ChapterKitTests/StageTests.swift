import ChapterKit
import Datasets
import Files
import Foundation
import Synchronization
import Testing

@Suite struct StageTests {
  struct Result: Codable, Equatable {
    var floats: [Float]
    var doubles: [Double]
  }

  private let cachePath = "figures/cache/chapter3/article"

  /// Runs a chapter with two kinds of stages; returns the names of the stages that were computed.
  private func computed(
    in bench: Workbench, options: [String] = [], learningRate: Double = 0.003
  ) -> [String] {
    var computed: [String] = []
    let status = Workbench.chapter.run(arguments: options, in: bench.environment) { run in
      _ = try run.stage("embed", inputs: ["perplexity": 30]) { _ in
        computed.append("embed")
        return [1.5]
      }
      for seed in run.seeds {
        _ = try run.stage("train seed=\(seed)", inputs: ["learningRate": learningRate]) { _ in
          computed.append("train seed=\(seed)")
          return seed
        }
      }
    }
    #expect(status == 0, "\(bench.standardError)")
    return computed
  }

  /// Both names give the file name "t1e-16".
  @Test func stagesNeedDifferentFileNames() throws {
    let bench = try Workbench()
    let status = bench.run { run in
      for name in ["T1e-16", "T1e+16"] { _ = try run.stage(name) { _ in 1 } }
    }
    #expect(status == 1)
    #expect(
      bench.standardError.contains(
        "found the stages \"T1e-16\" and \"T1e+16\" in one run, expected names that give different names of "
          + "files"), "\(bench.standardError)")
  }

  @Test func onlyStagesWithChangedInputsAreComputedAgain() throws {
    let bench = try Workbench()
    #expect(computed(in: bench) == ["embed", "train seed=0"])
    #expect(computed(in: bench) == [])
    #expect(computed(in: bench, options: ["--threads", "1"]) == [])
    #expect(computed(in: bench, options: ["--seeds", "3"]) == ["train seed=1", "train seed=2"])
    #expect(computed(in: bench, learningRate: 0.004) == ["train seed=0"])
    bench.program = "program 2"
    #expect(computed(in: bench, learningRate: 0.004) == ["embed", "train seed=0"])
  }

  /// A stage depends on the code of the chapter's folder and of the modules that it imports.
  @Test func stagesDependOnTheChaptersCode() throws {
    let bench = try Workbench()
    let (main, kernel) = ("chapters/3-sharpening/main.swift", "Sources/Engine/Kernel.swift")
    try bench.write("import Engine\nlet a = 1\n", to: main)
    try bench.write("let x = 1", to: kernel)
    #expect(computed(in: bench) == ["embed", "train seed=0"])
    // Another program of the same code; prose; another chapter.
    bench.program = "program 2"
    try bench.write("// # Sharpening\nimport Engine\n\nlet a = 1\n", to: main)
    try bench.write("let b = 1", to: "chapters/4-mixmatch/main.swift")
    #expect(computed(in: bench) == [])
    try bench.write("import Engine\nlet a = 2\n", to: main)
    #expect(computed(in: bench).count == 2)
    try bench.write("let x = 2", to: kernel)
    #expect(computed(in: bench).count == 2)
    let header = "Sources/CProcessor/processor.h"
    try bench.write("import CProcessor\nlet x = 2", to: kernel)
    try bench.write("#define BITS 256", to: header)
    #expect(computed(in: bench).count == 2)
    try bench.write("#define BITS 512", to: header)
    #expect(computed(in: bench).count == 2)
    #expect(computed(in: bench) == [])
  }

  /// Sources that were edited after the program was built are not its code.
  @Test func sourcesNewerThanTheProgramAreAnError() throws {
    let bench = try Workbench()
    let main = "chapters/3-sharpening/main.swift"
    try bench.write("let a = 1", to: main)
    let edited = try #require(bench.root.appending(path: main).modificationTime)
    bench.date = Date()
    bench.buildTime = edited
    #expect(computed(in: bench).count == 2)
    bench.buildTime = edited - 1
    #expect(bench.run { run in _ = try run.stage("embed") { _ in 1 } } == 1)
    #expect(
      bench.standardError.contains(
        "\(main): found a change that is newer than this program, expected a program built from "
          + "these sources; start it with make, which builds it"), "\(bench.standardError)")
  }

  /// Building the program again would not make it newer than such a file.
  @Test func aSourceFileDatedInTheFutureIsNamedWithItsRemedy() throws {
    let bench = try Workbench()
    let main = "chapters/3-sharpening/main.swift"
    try bench.write("let a = 1", to: main)
    bench.date = Date()
    bench.buildTime = Int(bench.date.timeIntervalSince1970)
    try FileManager.default.setAttributes(
      [.modificationDate: bench.date + 86_400],
      ofItemAtPath: bench.root.appending(path: main).path)
    #expect(bench.run { run in _ = try run.stage("embed") { _ in 1 } } == 1)
    #expect(
      bench.complaints == [
        "chapter3: \(main): found a file that is dated in the future, expected one that is older than this program; "
          + "run touch \(main), then start the program with make"
      ])
  }

  @Test func linesWithOnlyACommentAreNotCode() {
    let text = """
      // A comment.
      let a = 1  // with a remark

        /// A doc comment.
        let b = ""\"
          // text
          ""\"
      // The end.
      """
    #expect(
      codeLines(of: text) == """
        let a = 1  // with a remark
          let b = ""\"
            // text
        ""\"
        """)
  }

  @Test func presetsDoNotEvictEachOther() throws {
    let bench = try Workbench()
    #expect(computed(in: bench, options: ["--preset", "smoke"]).count == 2)
    #expect(computed(in: bench, options: ["--out", bench.out.path]).count == 2)
    #expect(computed(in: bench, options: ["--preset", "smoke"]).count == 0)
  }

  @Test func staleResultsOfTheSameStageAreRemoved() throws {
    let bench = try Workbench()
    _ = computed(in: bench, options: ["--seeds", "11"])
    let before = bench.names(in: cachePath)
    #expect(before.count == 12)
    _ = computed(in: bench, options: ["--seed", "1"], learningRate: 0.004)
    let after = bench.names(in: cachePath)
    #expect(after.count == 12)
    // The file of seed 1 is replaced; that of seed 10, whose name has the same prefix, stays.
    #expect(Set(before).subtracting(after).count == 1)
    #expect(Set(before).subtracting(after).first?.hasPrefix("train-seed-1-") == true)
  }

  /// Before it is computed again, and removed. The second result has taken no time, so that nothing is lost with it.
  @Test func aResultThatDoesNotCountIsReported() throws {
    let bench = try Workbench()
    func run(rate: Double, seconds: Double) {
      let status = bench.run { run in
        _ = try run.stage("train", inputs: ["rate": rate]) { _ in
          bench.seconds += seconds
          return rate
        }
      }
      #expect(status == 0, "\(bench.standardError)")
    }
    run(rate: 0.1, seconds: 60)
    #expect(bench.complaints.first == "train: done in 60 s")
    run(rate: 0.2, seconds: 0)
    #expect(
      bench.complaints.first
        == "train: found only a result of other code, other settings or other data; starting over")
    run(rate: 0.1, seconds: 0)
    #expect(bench.complaints.first == "train: done in 0.0 s")
  }

  @Test func aStageKeepsResultsOfStagesWithLongerNames() throws {
    let bench = try Workbench()
    for depth in [10, 28] {
      let status = bench.run { run in
        _ = try run.stage("train", inputs: ["depth": depth]) { _ in depth }
        _ = try run.stage("train more") { _ in 0 }
      }
      #expect(status == 0, "\(bench.standardError)")
    }
    #expect(bench.names(in: cachePath).count == 2)
    #expect(bench.standardError.contains("train more: done") == false)
  }

  @Test func loadedNumbersHaveTheSameBits() throws {
    let bench = try Workbench()
    let result = Result(
      floats: [0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, 1 / 3],
      doubles: [0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, 1 / 3])
    var results: [Result] = []
    for _ in 0..<2 {
      _ = bench.run { run in
        results.append(
          try run.stage("numbers") { _ in
            if !results.isEmpty { Issue.record("The second run must load the result.") }
            return result
          })
      }
    }
    #expect(results.count == 2)
    #expect(results[1].floats.map(\.bitPattern) == result.floats.map(\.bitPattern))
    #expect(results[1].doubles.map(\.bitPattern) == result.doubles.map(\.bitPattern))
  }

  @Test(arguments: ["cut", "altered", "empty", "another stage's"])
  func damagedResultsAreReportedAndComputedAgain(_ damage: String) throws {
    let bench = try Workbench()
    _ = computed(in: bench)
    let name = try #require(bench.names(in: cachePath).first { $0.hasPrefix("embed-") })
    let content = try #require(bench.read("\(cachePath)/\(name)"))
    switch damage {
    case "cut": try bench.write(String(content.dropLast(2)), to: "\(cachePath)/\(name)")
    case "altered":
      try bench.write(content.replacing("[1.5]", with: "[2.5]"), to: "\(cachePath)/\(name)")
    case "empty": try bench.write("", to: "\(cachePath)/\(name)")
    default:
      let other = try #require(bench.names(in: cachePath).first { $0.hasPrefix("train-") })
      try bench.write(bench.read("\(cachePath)/\(other)") ?? "", to: "\(cachePath)/\(name)")
    }
    #expect(computed(in: bench) == ["embed"])
    #expect(
      bench.standardError.contains(
        "\(name): found a damaged file, expected the result of a stage; recomputing"))
    #expect(bench.read("\(cachePath)/\(name)") == content)
  }

  @Test func aFailedRunResumesAfterItsLastFinishedStage() throws {
    struct Interruption: Error, CustomStringConvertible { let description = "out of\nmemory" }
    let bench = try Workbench()
    let status = bench.run { run in
      _ = try run.stage("embed", inputs: ["perplexity": 30]) { _ in [1.5] }
      _ = try run.stage("train seed=0", inputs: ["learningRate": 0.003]) { _ -> Int in
        throw Interruption()
      }
    }
    #expect(status == 1)
    #expect(bench.complaints.last == "chapter3: out of memory")
    #expect(try bench.record() == nil)
    #expect(computed(in: bench) == ["train seed=0"])
    #expect(bench.standardError.contains("embed: loaded, computed 2023-11-14T22:13:20Z in 0.0 s"))
  }

  @Test func partialFilesOfADeadProcessAreRemoved() throws {
    let bench = try Workbench()
    let dead = "figures/data/.partial-\(hostName)-1-0-chapter3-dots.tsv"
    let foreign = "figures/.partial-another.host-1-0-chapter3.json"
    for path in [dead, foreign] { try bench.write("", to: path) }
    _ = computed(in: bench)
    #expect(bench.read(dead) == nil)
    #expect(bench.read(foreign) != nil)
  }

  // MARK: Two processes in one OUT

  @Test func theSameChapterRunsOnceAtATime() throws {
    let bench = try Workbench()
    let inner = try Workbench(root: bench.root, isOwner: false)
    var statuses: [Int32] = []
    statuses.append(
      bench.run { _ in
        statuses.append(inner.run { _ in Issue.record("There must be no work.") })
        statuses.append(inner.run("--preset", "smoke") { _ in })
      })
    statuses.append(inner.run { _ in })
    #expect(statuses == [75, 0, 0, 0])
    #expect(bench.names(in: "figures/cache") == [])
  }

  private static let dry = CommandLineOption(flag: "dry", "leave the record as it is")
    .withoutRecord()
  private static let chapter = Chapter(
    3, "Sharpening", summary: "sharpens.", presets: [.scale(.short, costs: "four minutes")],
    options: [dry, Workbench.rate])

  /// A run that writes no record goes on beside another one, and leaves its stages for it.
  @Test func aRunWithoutRecordComputesStagesOnly() throws {
    let bench = try Workbench()
    let other = try Workbench(root: bench.root, isOwner: false)
    let status = StageTests.chapter.run(arguments: [], in: bench.environment) { run in
      _ = try run.stage("first") { _ in 1 }
      let status = StageTests.chapter.run(arguments: ["--dry"], in: other.environment) { run in
        _ = try run.stage("second") { _ in 2 }
        run.record(metric: "second", values: [2.0])
      }
      #expect(status == 0, "\(other.standardError)")
      #expect(try bench.record() == nil)
      let second = try run.stage("second") { _ in
        Issue.record("It is computed already.")
        return 0
      }
      run.record(metric: "both", values: [Double(second)])
    }
    #expect(status == 0, "\(bench.standardError)")
    let record = try #require(try bench.record())
    #expect(record.metrics.keys.sorted() == ["both"])
    #expect(record.stages.map(\.name) == ["first", "second"])
  }

  @Test func aCommandKeepsTheOptionsOfItsRun() throws {
    let bench = try Workbench()
    var environment = bench.environment
    environment.program = "build of today/chapter3"
    let arguments = [
      "--seeds", "2", "--rate=0.5", "--dry", "--out", "\(bench.root.path)/other results",
    ]
    let status = StageTests.chapter.run(arguments: arguments, in: environment) { run in
      for seed in run.seeds { try run.printCommand(seed: seed, options: ["training": "no mixup"]) }
    }
    #expect(status == 0, "\(bench.standardError)")
    let out = "'\(bench.root.path.replacing("'", with: "'\\''"))/other results'"
    #expect(
      bench.standardOutput
        == (0..<2).map {
          "'build of today/chapter3' --out=\(out) --rate=0.5 --training='no mixup' --seed=\($0)\n"
        }.joined())
    #expect(!FileManager.default.fileExists(atPath: "\(bench.root.path)/other results"))
  }

  /// An option without effect belongs to the command in the record only if it had an effect this time.
  @Test(arguments: [false, true]) func anOptionThatHadAnEffectIsRecorded(hadEffect: Bool) throws {
    let bench = try Workbench()
    let options = ["quick", "other"].map {
      CommandLineOption(flag: $0, "usually without effect").withoutEffectOnResults()
    }
    let chapter = Chapter(
      3, "Test", summary: "A test.", presets: StageTests.chapter.presets, options: options)
    let status = chapter.run(arguments: ["--quick"], in: bench.environment) { run in
      if hadEffect { run.record(effectOf: options.map(\.declaration)) }
      run.record(metric: "one", values: [1.0])
    }
    #expect(status == 0, "\(bench.standardError)")
    let record = try #require(try bench.record())
    #expect(record.options == (hadEffect ? ["quick": "1"] : [:]))
    #expect(record.command.contains("QUICK=1") == hadEffect)
  }

  @Test func aRunOnAnotherHostIsRespectedWhileItIsAlive() throws {
    let bench = try Workbench()
    let lock = "figures/cache/chapter3/.lock"
    try bench.write("another.host 4711", to: lock)
    #expect(bench.run { _ in Issue.record("There must be no work.") } == 75)
    #expect(
      bench.complaints.last?.hasSuffix(
        "cache/chapter3/.lock: found chapter3 already running there as process 4711 on host another.host, "
          + "expected no other run; wait until it ends, or give another OUT (--out); if that host is "
          + "gone, remove this file") == true, "\(bench.standardError)")
    #expect(bench.read(lock) == "another.host 4711")
    try FileManager.default.setAttributes(
      [.modificationDate: Date() - 700], ofItemAtPath: bench.root.appending(path: lock).path)
    #expect(bench.run { _ in } == 0, "\(bench.standardError)")
    try bench.write("\(hostName) 4711", to: lock)
    #expect(bench.run { _ in } == 0, "its process is gone: the lock would be held")
  }

  /// Before a folder is removed; a lock that a killed process has left is not an obstacle.
  @Test func aProgramThatHoldsALockInAFolderIsNamed() throws {
    let bench = try Workbench()
    let path = "figures/cache/chapter3/.lock"
    #expect(throws: Never.self) { try RunLock.requireNone(in: bench.out.appending(path: "none")) }
    try bench.write("\(hostName) 4711", to: path)
    try RunLock.requireNone(in: bench.out)
    #expect(bench.read(path) == nil)
    let lock = try RunLock(bench.root.appending(path: path), for: "chapter3")
    defer { lock.release() }
    let error = #expect(throws: BusyError.self) { try RunLock.requireNone(in: bench.out) }
    #expect(
      error?.description.hasSuffix(
        "cache/chapter3/.lock: found a program already running there as process \(getpid()) on host "
          + "\(hostName), expected no other run; wait until it ends, or give another OUT (--out)")
        == true, "\(error!)")
    #expect(bench.read(path) != nil)
  }

  /// Another process may remove the empty folder before this one has opened the file.
  @Test func aLockIsTakenInAFolderThatIsRemovedAtAnyMoment() throws {
    let bench = try Workbench()
    let folder = bench.root.appending(path: "new")
    let isDone = Mutex(false)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      if thread == 0 {
        while !isDone.withLock({ $0 }) { removeFolderIfEmpty(at: folder) }
      } else {
        defer { isDone.withLock { $0 = true } }
        #expect(throws: Never.self) {
          for _ in 0..<500 {
            try RunLock(folder.appending(path: ".lock"), for: "chapter3").release()
          }
        }
      }
    }
  }

  @Test func aLockFileThatIsALinkToNothingIsNamed() throws {
    let bench = try Workbench()
    let file = bench.root.appending(path: ".lock")
    unsafe symlink("/no/such/folder/file", file.filePath)
    let error = #expect(throws: FileError.self) { try RunLock(file, for: "chapter3") }
    #expect(error?.code == ENOENT)
  }

  @Test func staleCheckpointsAreRemovedWhenTheResultIsLoaded() throws {
    let bench = try Workbench()
    _ = computed(in: bench)
    let result = try #require(bench.names(in: cachePath).first { $0.hasPrefix("embed-") })
    let stale = result.replacing(".jsonl", with: ".7.checkpoint")
    let others = "embed-0123456789abcdef.7.checkpoint"
    for name in [stale, others] { try bench.write("", to: "\(cachePath)/\(name)") }
    #expect(computed(in: bench) == [])
    #expect(!bench.names(in: cachePath).contains(stale))
    #expect(bench.names(in: cachePath).contains(others), "progress with other settings stays")
  }

  @Test func fileNamesOfStages() {
    #expect(fileNamePart(of: "train T=0.5 seed=0") == "train-t-0.5-seed-0")
    #expect(fileNamePart(of: "Ünï/../code") == "n-..-code")
  }
}
