import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Testing

@Suite struct TrainingRecordTests {
  private let dataset = syntheticDigits(trainCount: 20, testCount: 20, seed: 0)

  private func stage(rate: Double = 0.1) -> TrainingKey {
    TrainingKey("A training, seed 0", inputs: ["rate": rate], code: ["Sources/Engine"])
  }

  /// Runs a stage with the result 7 and shares it.
  private func train(_ bench: Workbench) throws {
    try bench.write("let x = 1", to: "Sources/Engine/Kernel.swift")
    let status = bench.run { run in
      let value = try run.stage("A training, seed 0", on: dataset) { _ in 7 }
      try run.share(value, of: stage(), on: dataset)
    }
    #expect(status == 0, "\(bench.standardError)")
  }

  /// The shared or recorded result that another run finds.
  private func found(
    _ bench: Workbench, _ stage: TrainingKey, recorded: Bool = false,
    on dataset: ImageDataset? = nil
  ) -> Int? {
    var found: Int?
    let status = bench.run { run in
      found =
        recorded
        ? try run.recorded(
          Int.self, stage, in: bench.out.appending(path: "trainings"), on: dataset)
        : try run.shared(Int.self, stage, on: dataset ?? self.dataset)
    }
    #expect(status == 0, "\(bench.standardError)")
    return found
  }

  @Test func anotherRunFindsAResultWithTheSameInputs() throws {
    let bench = try Workbench()
    try train(bench)
    #expect(bench.names(in: "figures/trainings") == ["a-training-seed-0.json"])
    #expect(found(bench, stage()) == 7)
    #expect(try bench.record()?.stages.map(\.name) == ["A training, seed 0"])
  }

  /// Chapters that are given the same training run do not both carry it out.
  @Test func aSharedStageIsComputedByOneProcessAtATime() throws {
    let bench = try Workbench()
    let other = try Workbench(root: bench.root, isOwner: false)
    let chapter = Chapter(
      4, "MixMatch", summary: "trains.", presets: [.scale(.short, costs: "an hour")])
    func train(_ run: Run, _ work: () -> Int) throws -> Int {
      try run.sharedStage(
        stage(), on: dataset, counting: .iterations, recorded: { nil }, { _ in work() })
    }
    var value: Int?
    let status = bench.run { run in
      value = try train(run) {
        let status = chapter.run(arguments: [], in: other.environment) { run in
          _ = try train(run) {
            Issue.record("There must be no work.")
            return 0
          }
        }
        #expect(status == 75)
        #expect(
          other.standardError.contains(
            "trainings/a-training-seed-0.lock: found A training, seed 0 already running there as process"
          ),
          "\(other.standardError)")
        return 7
      }
    }
    #expect(status == 0 && value == 7, "\(bench.standardError)")
    #expect(bench.names(in: "figures/trainings") == ["a-training-seed-0.json"])
    let again = chapter.run(arguments: [], in: other.environment) { run in
      value = try train(run) { 0 }
    }
    #expect(again == 0 && value == 7, "\(other.standardError)")
  }

  /// A run without a record prepares folders only when a stage needs them.
  @Test func aSingleTrainingRunLeavesNoEmptyFolder() throws {
    struct Crash: Error {}
    let bench = try Workbench()
    let only = CommandLineOption(flag: "only", "one training run").withoutRecord()
    let chapter = Chapter(
      4, "MixMatch", summary: "trains.", presets: [.scale(.short, costs: "an hour")],
      options: [only])
    let out = bench.root.appending(path: "new/out")
    func train(failing: Bool) -> Int32 {
      let arguments = ["--only", "--out", out.filePath]
      return chapter.run(arguments: arguments, in: bench.environment) { run in
        _ = try run.sharedStage(
          stage(), on: dataset, counting: .iterations, recorded: { nil },
          { _ in
            if failing { throw Crash() }
            return 7
          })
      }
    }
    #expect(train(failing: true) == 1, "\(bench.standardError)")
    #expect(!bench.root.appending(path: "new").isPresent)
    #expect(train(failing: false) == 0, "\(bench.standardError)")
    #expect(bench.names(in: "new/out") == ["cache", "trainings"])
  }

  @Test func aResultOfOtherInputsDataOrSourcesIsNotFound() throws {
    let bench = try Workbench()
    try train(bench)
    #expect(found(bench, stage(rate: 0.2)) == nil)
    let others = syntheticDigits(trainCount: 20, testCount: 20, seed: 1)
    #expect(found(bench, stage(), on: others) == nil)
    try bench.write("let x = 2", to: "Sources/Engine/Kernel.swift")
    #expect(found(bench, stage()) == nil)
  }

  /// Comments do not count, and neither does code that stores and shows results.
  @Test func anEditThatCannotChangeTheResultKeepsIt() throws {
    let bench = try Workbench()
    try train(bench)
    try bench.write("// A remark.\n\n  let x = 1\n", to: "Sources/Engine/Kernel.swift")
    try bench.write("let message = 2", to: "Sources/ChapterKit/Message.swift")
    #expect(found(bench, stage()) == 7)
  }

  /// Who edits the sources during a training run keeps its result, which the earlier code computed.
  @Test func anEditDuringTheStageDoesNotChangeItsCode() throws {
    let bench = try Workbench()
    let kernel = "Sources/Engine/Kernel.swift"
    try bench.write("let x = 1", to: kernel)
    bench.buildTime = bench.root.appending(path: kernel).modificationTime
    let status = bench.run { run in
      let value = try run.stage(stage(), on: dataset, counting: .iterations) { _ in
        try bench.write("let x = 2", to: kernel)
        return 7
      }
      try run.share(value, of: stage(), on: dataset)
    }
    #expect(status == 0, "\(bench.standardError)")
    bench.buildTime = nil
    #expect(found(bench, stage()) == nil)
    try bench.write("let x = 1", to: kernel)
    #expect(found(bench, stage()) == 7)
  }

  /// The modules that the code imports count, and those that they import.
  @Test func anEditOfAnImportedModuleCounts() throws {
    let bench = try Workbench()
    try bench.write("import Tensors\nimport Foundation\n", to: "Sources/Engine/Network.swift")
    try bench.write("import Kernels\nimport ChapterKit\n", to: "Sources/Tensors/Tensor.swift")
    try bench.write("let y = 1", to: "Sources/Kernels/Product.swift")
    try train(bench)
    #expect(found(bench, stage()) == 7)
    try bench.write("let y = 2", to: "Sources/Kernels/Product.swift")
    #expect(found(bench, stage()) == nil)
  }

  @Test func aRecordedResultIsFoundWithAnySources() throws {
    let bench = try Workbench()
    try train(bench)
    try bench.write("let x = 2", to: "Sources/Engine/Kernel.swift")
    #expect(found(bench, stage(), recorded: true) == 7)
    #expect(try bench.record()?.dataset?.sha256 == dataset.sha256)
    #expect(!bench.standardError.contains("left out"), "\(bench.standardError)")
  }

  /// Otherwise a row of a table would lack a run, and nobody would know why.
  @Test func aRecordedResultOfOtherInputsOrDataIsLeftOutWithANotice() throws {
    let bench = try Workbench()
    try train(bench)
    let others = syntheticDigits(trainCount: 20, testCount: 20, seed: 1)
    for (rate, dataset, reason) in [
      (0.2, nil, "other settings"), (0.1, others, "other data"),
      (0.2, others, "other settings and other data"),
    ] as [(Double, ImageDataset?, String)] {
      #expect(found(bench, stage(rate: rate), recorded: true, on: dataset) == nil)
      let notices = bench.complaints.filter { $0.hasSuffix("left out") }
      #expect(notices.count == 1)
      #expect(
        notices.first?.hasSuffix(
          "trainings/a-training-seed-0.json: found a training run of \(reason), expected those of this run; "
            + "it is left out") == true, "\(bench.standardError)")
    }
  }

  /// Before the training starts over, in one line. RECORDED ignores the code only.
  @Test func aTrainingRecordThatDoesNotCountIsReportedWithTheReason() throws {
    let bench = try Workbench()
    func train(_ key: TrainingKey, on dataset: ImageDataset) -> [String] {
      let status = bench.run { run in
        _ = try run.sharedStage(
          key, on: dataset, counting: .iterations, recorded: { nil },
          { _ in
            bench.seconds += 60
            return 7
          })
      }
      #expect(status == 0, "\(bench.standardError)")
      return bench.complaints.filter { $0.contains("found only") }
    }
    try bench.write("let x = 1", to: "Sources/Engine/Kernel.swift")
    #expect(train(stage(), on: dataset) == [])
    try bench.write("let x = 2", to: "Sources/Engine/Kernel.swift")
    let notices = train(stage(), on: dataset)
    #expect(notices.count == 1)
    #expect(
      notices.first?.hasPrefix(
        "A training, seed 0: found only a result of other code; starting over (RECORDED=") == true)
    #expect(notices.first?.hasSuffix("figures/trainings' would use it)") == true, "\(notices)")
    let others = syntheticDigits(trainCount: 20, testCount: 20, seed: 1)
    #expect(
      train(stage(rate: 0.2), on: others) == [
        "A training, seed 0: found only a result of other settings and other data; starting over"
      ])
  }

  /// Neither before the training nor after it, if another process has stored the record meanwhile.
  @Test func aTrainingOnSyntheticDataNeverReplacesOneOnRealData() throws {
    let bench = try Workbench()
    let image = LabelledImages(height: 1, width: 1, channels: 1, pixels: [9], labels: [0])
    let real = ImageDataset(name: "MNIST", classNames: ["only"], train: image, test: image)
    func train(on dataset: ImageDataset, meanwhile: () throws -> Void = {}) -> Int32 {
      bench.run { run in
        _ = try run.sharedStage(
          stage(), on: dataset, counting: .iterations, recorded: { nil },
          { _ in
            try meanwhile()
            return 7
          })
      }
    }
    let path = "figures/trainings/a-training-seed-0.json"
    func expectRefusal() {
      #expect(
        bench.complaints.last?.hasSuffix(
          "\(path): found a training run on MNIST, which a run on synthetic data never replaces; give another "
            + "OUT (--out)") == true, "\(bench.standardError)")
    }
    #expect(train(on: real) == 0, "\(bench.standardError)")
    let before = try #require(bench.read(path))
    removeTree(at: bench.out.appending(path: "cache"))
    try removeFile(at: bench.out.appending(path: "chapter3.json"))
    #expect(train(on: dataset) { Issue.record("There must be no work.") } == 1)
    expectRefusal()
    #expect(bench.read(path) == before)
    try removeFile(at: bench.root.appending(path: path))
    #expect(train(on: dataset) { try bench.write(before, to: path) } == 1)
    expectRefusal()
    #expect(bench.read(path) == before)
  }

  @Test func aFileOfAnotherStageIsNamed() throws {
    let bench = try Workbench()
    try train(bench)
    let path = "figures/trainings/a-training-seed-0.json"
    let written = try #require(bench.read(path)).split(
      separator: "\n", omittingEmptySubsequences: false)
    let changed = (written[..<1] + written[2...]).joined(separator: "\n")
      .replacing("\"A training, seed 0\"", with: "\"A training, seed 1\"")
    try bench.write(String(decoding: SealedJSON.seal(Data(changed.utf8)), as: UTF8.self), to: path)
    let status = bench.run { _ = try $0.shared(Int.self, stage(), on: dataset) }
    #expect(status == 1)
    #expect(
      bench.standardError.contains(
        "a-training-seed-0.json: found the stage \"A training, seed 1\", expected \"A training, seed 0\"; "
          + "remove it"), "\(bench.standardError)")
  }

  @Test func aDamagedFileIsNamed() throws {
    let bench = try Workbench()
    try train(bench)
    let path = "figures/trainings/a-training-seed-0.json"
    let whole = try #require(bench.read(path))
    try bench.write(whole.replacing("\"value\" : 7", with: "\"value\" : 8"), to: path)
    let status = bench.run { _ = try $0.shared(Int.self, stage(), on: dataset) }
    #expect(status == 1)
    #expect(
      bench.standardError.contains(
        "a-training-seed-0.json: found a file that was changed or damaged since it was "
          + "written, expected the result of a training run; remove it; the training is then run again"
      ),
      "\(bench.standardError)")
  }
}
