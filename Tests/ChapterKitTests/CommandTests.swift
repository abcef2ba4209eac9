import ChapterKit
import Datasets
import Foundation
import Testing

/// The command in a record, and the folder of a run with other options.
@Suite struct CommandTests {
  private func body(_ run: Run) throws {
    _ = try run.stage("one") { _ in 1 }
    run.record(metric: "accuracy", values: run.seeds.map { Double($0) })
  }

  @Test(arguments: [
    ([], "make chapter3", "figures"),
    (["--preset", "article"], "make chapter3", "figures"),
    (["--seeds", "2", "--threads", "1"], "make chapter3 SEEDS=2", "figures"),
    (["--rate", "0.50"], "make chapter3 RATE=0.5", "figures/variants/chapter3-rate-0.5"),
    (["--balanced"], "make chapter3 BALANCED=1", "figures/variants/chapter3-balanced-1"),
    (["--balanced=0", "--temperature", "1,0.5"], "make chapter3", "figures"),
    (
      ["--preset", "smoke", "--rate", "1"], "make chapter3 PRESET=smoke RATE=1.0",
      "figures/smoke/variants/chapter3-rate-1.0"
    ),
  ])
  func isTheOneThatMadeTheRun(arguments: [String], command: String, folder: String) throws {
    let bench = try Workbench()
    let status = Workbench.chapter.run(arguments: arguments, in: bench.environment, body)
    #expect(status == 0)
    let record = try RunRecord.load(chapter: 3, from: bench.root.appending(path: folder))
    #expect(record?.command == command)
  }

  @Test func aRunOnOtherDataNamesTheCommandItReplaces() throws {
    let bench = try Workbench()
    func run(_ pixel: UInt8) -> Int32 {
      bench.run("--out", bench.out.path) { run in
        let image = LabelledImages(height: 1, width: 1, channels: 1, pixels: [pixel], labels: [0])
        _ = try run.use(
          ImageDataset(name: "one", classNames: ["only"], train: image, test: image))
        try body(run)
      }
    }
    #expect(run(1) == 0 && run(1) == 0)
    #expect(!bench.standardError.contains("replaces"))
    #expect(run(2) == 0)
    #expect(
      bench.standardError.contains(
        "this run has other data, and replaces the results of make chapter3"))
  }

  @Test func aRefusedRunLeavesNoFolders() throws {
    let bench = try Workbench()
    let out = bench.root.appending(path: "a/b")
    #expect(bench.run("--out", out.path) { _ in throw Failure("no") } == 1)
    #expect(bench.names(in: "a") == [] && !bench.names(in: "").contains("a"))
  }

  @Test func aRunNamesTheCommandItReplaces() throws {
    let bench = try Workbench()
    #expect(bench.run("--out", bench.out.path, body: body) == 0)
    #expect(bench.run("--out", bench.out.path, "--seeds", "2", body: body) == 0)
    #expect(!bench.standardError.contains("replaces"), "the results of seed 0 stay")
    #expect(bench.run("--out", bench.out.path, "--rate", "0.5", body: body) == 0)
    #expect(
      bench.standardError.contains("replaces the results of make chapter3 SEEDS=2 of 2023-11-14"))
  }

  /// Another run that ended between the reading and the lock would leave its record beside the files of this one.
  @Test func theRecordIsReadUnderTheLock() throws {
    let bench = try Workbench()
    let other = try Workbench(root: bench.root, isOwner: false)
    #expect(bench.run("--out", bench.out.path, "--rate", "0.5", body: body) == 0)
    var statuses: [Int32] = []
    var environment = bench.environment
    environment.console = Console(
      isTerminal: false, output: { _ in },
      errors: { line in
        guard line.contains("replaces the results of") else { return }
        statuses.append(other.run("--out", other.out.path, body: body))
      })
    let status = Workbench.chapter.run(
      arguments: ["--out", bench.out.path], in: environment, body)
    #expect(status == 0 && statuses == [75], "\(other.standardError)")
  }

  /// A run that is refused releases the lock.
  @Test func aRefusedRunDoesNotBlockTheNextOne() throws {
    let bench = try Workbench()
    #expect(bench.run("--out", bench.out.path, body: body) == 0)
    #expect(bench.run("--out", bench.out.path, "--preset", "smoke", body: body) == 1)
    #expect(bench.names(in: "figures/cache/chapter3") == ["article"])
    #expect(bench.run("--out", bench.out.path, body: body) == 0)
  }

  #if os(Linux)
    /// Other systems have only names in UTF-8.
    @Test func aCurrentFolderThatIsNotUTF8IsNamed() async {
      await #expect(processExitsWith: .success) {
        let bench = try Workbench()
        // "caé" in Latin-1.
        let name: [CChar] = [99, 97, CChar(truncatingIfNeeded: 0xE9), 0]
        let entered = unsafe chdir(bench.root.path) == 0 && mkdir(name, 0o755) == 0
        let enteredInner = unsafe chdir(name) == 0
        precondition(entered && enteredInner)
        let error = #expect(throws: Failure.self) { try currentFolder() }
        #expect(
          error?.description.hasPrefix("the path of the current folder is not UTF-8: found \"/")
            == true)
        let left = unsafe chdir("..") == 0 && rmdir(name) == 0
        precondition(left)
        #expect(throws: Never.self) { try currentFolder() }
      }
    }
  #endif

  @Test func recordsKeepTheValuesOfEachSeed() throws {
    let bench = try Workbench()
    #expect(bench.run("--seeds", "3", body: body) == 0)
    #expect(try bench.record()?.metrics["accuracy"]?.values == [0, 1, 2])
  }

  @Test func theLockNamesWhatDiffers() throws {
    let bench = try Workbench()
    try bench.write(
      "# versions\nswift 6.3.1\npackage curl 7.88\npackage make 4.3\n", to: "environment.lock")
    let lockedVersions = try LockedVersions.load(root: bench.root)
    let environment = ComputingEnvironment(
      system: "Debian", kernel: "Linux", processor: "any", compiler: "Swift 6.2",
      packages: ["curl": "7.88", "make": "4.4"])
    #expect(
      lockedVersions.differences(from: environment) == [
        "compiler: found Swift 6.2, locked Swift 6.3.1", "make: found 4.4, locked 4.3",
      ])
    for damaged in ["swift\n", "package curl 7.88\n", ""] {
      try bench.write(damaged, to: "environment.lock")
      #expect(throws: Failure.self) { try LockedVersions.load(root: bench.root) }
    }
  }
}
