import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Reference
import Testing

/// A run of several processes, for which threads stand here; one test at a time, because copies of OUT have the number
/// of the process in their names.
@Suite(.serialized) struct ProcessesTests {
  /// Calls `body` in each of four processes with a workbench on the same root.
  private func run<Result: Sendable>(
    on bench: Workbench, _ body: @escaping @Sendable (Workbench) throws -> Result
  ) throws -> [Result] {
    let root = bench.root
    return try ThreadCommunicator.run(processes: 4) {
      let bench = try Workbench(root: root, isOwner: false)
      bench.processes = Parallel.communicator.map { Processes($0) }
      return try body(bench)
    }
  }

  /// A stage's result, computed or loaded, is that of rank 0, which alone prints and writes.
  @Test func rankZeroDecides() throws {
    let bench = try Workbench()
    for isFirstRun in [true, false] {
      let outcomes = try run(on: bench) { bench in
        var (value, isComputed) = (-1, false)
        let status = bench.run { run in
          value = try run.stage("time") { _ in
            isComputed = true
            return 100 + (Parallel.communicator?.rank ?? 0)
          }
          run.record(metric: "time", values: [Double(value)])
        }
        return (status, value, isComputed, bench.standardOutput + bench.standardError)
      }
      #expect(outcomes.map(\.0) == [0, 0, 0, 0])
      #expect(outcomes.map(\.1) == [100, 100, 100, 100])
      #expect(outcomes.map(\.2) == Array(repeating: isFirstRun, count: 4))
      #expect(!outcomes[0].3.isEmpty && outcomes[1...].allSatisfy { $0.3.isEmpty })
    }
    let record = try #require(try bench.record())
    #expect(record.metrics["time"]?.mean == 100)
    #expect(record.stages[0].exchange?.processes == 4)
    #expect(try copies() == [])
  }

  /// The names of the copies of OUT that this process has left.
  private func copies() throws -> [String] {
    try listFolder(at: .temporaryDirectory).filter {
      $0.hasPrefix(".mixmatch-copy-\(hostName)-\(ProcessInfo.processInfo.processIdentifier)-")
    }
  }

  @Test func aRunThatIsRefusedLeavesNoCopy() throws {
    let bench = try Workbench()
    #expect(try run(on: bench) { $0.run { _ in } } == [0, 0, 0, 0])
    let out = bench.out.path
    let statuses = try run(on: bench) { $0.run("--preset", "smoke", "--out", out) { _ in } }
    #expect(statuses == [1, 1, 1, 1])
    #expect(try copies() == [])
  }

  /// There is no process with the largest number.
  @Test func onlyCopiesOfThisHostsEndedProcessesAreRemoved() throws {
    let folder = FileManager.default.temporaryDirectory
    let abandoned = ".mixmatch-copy-\(hostName)-\(Int32.max)-1"
    let others = [
      "mixmatch-\(Int32.max)-1", ".mixmatch-copy-\(hostName)-\(Int32.max)-thesis",
      ".mixmatch-copy-another.host-\(Int32.max)-1",
    ]
    defer { for name in others + [abandoned] { removeTree(at: folder.appending(path: name)) } }
    for name in others + [abandoned] { try makeFolder(at: folder.appending(path: name)) }
    let bench = try Workbench()
    #expect(try run(on: bench) { $0.run { _ in } } == [0, 0, 0, 0])
    #expect(!folder.appending(path: abandoned).isPresent)
    for name in others { #expect(folder.appending(path: name).isPresent, "\(name)") }
  }

  /// Rank 0 may use the lock file, which is old; the others see a copy of the file, which is not.
  @Test func aLockThatAnotherHostHasLeftDoesNotStopTheOthers() throws {
    let bench = try Workbench()
    let lock = "figures/trainings/a-training-seed-0.lock"
    try bench.write("another.host 4711", to: lock)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now - 200],
      ofItemAtPath: bench.root.appending(path: lock).path(percentEncoded: false))
    let statuses = try run(on: bench) { bench in
      bench.run { run in
        let value = try run.sharedStage(
          TrainingKey("A training, seed 0", inputs: [:], code: []),
          on: syntheticDigits(trainCount: 20, testCount: 20, seed: 0), counting: .iterations,
          recorded: { nil }, { _ in 7 })
        #expect(value == 7)
      }
    }
    #expect(statuses == [0, 0, 0, 0])
  }

  /// Files of other programs may be too large to be sent, or may not be readable.
  @Test func otherFilesInOUTAreNotCopied() throws {
    let bench = try Workbench()
    for folder in ["trainings", "cache/chapter2/short"] {
      try bench.write("", to: "figures/\(folder)/archive.tar/file")
    }
    #expect(try run(on: bench) { $0.run { _ in } } == [0, 0, 0, 0])
  }

  @Test func bytesAreSentInParts() throws {
    let bench = try Workbench()
    for count in 0..<8 {
      let bytes = Data((0..<count).map { UInt8($0) })
      let received = try run(on: bench) { bench in
        let processes = try #require(bench.processes)
        return processes.broadcast(processes.isFirst ? bytes : Data(), inPartsOf: 3)
      }
      #expect(received == Array(repeating: bytes, count: 4))
    }
  }

  /// A signal to rank 0 stops all after the same step, and any number of processes resumes.
  @Test func aSignalStopsAllAfterTheSameStep() throws {
    let whole = CheckpointTests.train(in: try Workbench())
    let bench = try Workbench()
    let stopped = try run(on: bench) { bench in
      var steps = 0
      let (status, _) = CheckpointTests.train(in: bench) { step, _ in
        steps = step + 1
        if step == 4, Parallel.communicator?.rank == 0 { bench.signal = 15 }
      }
      return [Int(status), steps]
    }
    #expect(stopped == Array(repeating: [143, 5], count: 4))
    let resumed = try run(on: bench) { bench in
      var steps = 0
      let (_, result) = CheckpointTests.train(in: bench) { _, _ in
        steps += 1
        if steps == 3, Parallel.communicator?.rank == 0 { bench.signal = 15 }
      }
      return result == nil ? steps : -1
    }
    #expect(resumed == [3, 3, 3, 3])
    #expect(CheckpointTests.train(in: bench).result == whole.result)
  }
}
