import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct CheckpointTests {
  /// The result of a training run, which has to be the same after interruptions.
  struct Result: Codable, Equatable {
    var losses: [Float]
    var scale: [Float]
    var runningVariance: [Float]
  }

  struct Crash: Error {}

  static let steps = 12
  static let cachePath = "figures/cache/chapter3/article"

  /// Trains with a step per minute and a checkpoint every three minutes; calls `meanwhile` in each step.
  static func train(
    in bench: Workbench, steps: Int = steps, peak: Float = 0.1,
    meanwhile: (_ step: Int, _ checkpoints: Checkpoints) throws -> Void = { _, _ in }
  ) -> (status: Int32, result: Result?) {
    var result: Result?
    let status = bench.run { run in
      result = try run.stage("train seed=0", inputs: ["peak": peak]) { progress in
        let norm = BatchNorm(channels: 3)
        let adam = AdamW(norm.parameters, weightDecay: 0.01)
        let losses = ResumableValue([Float]())
        let checkpoints = progress.checkpoints(
          steps, of: ["network": norm, "adam": adam, "losses": losses])
        for step in try checkpoints.resume() {
          var random = RandomStream(seed: 0, "checkpoints", step)
          let x = Tensor.uniform(in: -1..<1, shape: [8, 3], random: &random)
          let loss = meanSquaredError(norm(x, .training), Tensor(repeating: 2, shape: x.shape))
          loss.backward()
          adam.update(learningRate: peak / Float(step + 1), momentum: 0.9)
          losses.value.append(loss.scalar)
          bench.seconds += 60
          try meanwhile(step, checkpoints)
          try checkpoints.saveIfDue(after: step)
        }
        return Result(
          losses: losses.value, scale: norm.parameters[0].parameter.value.scalars,
          runningVariance: norm.buffers[0].buffer.moments.variance.scalars)
      }
    }
    return (status, result)
  }

  static func checkpoints(in bench: Workbench) -> [String] {
    bench.names(in: cachePath).filter { $0.hasSuffix(".checkpoint") }
  }

  private func uninterrupted() throws -> Result {
    let (status, result) = Self.train(in: try Workbench())
    #expect(status == 0)
    return try #require(result)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalEndsTheRunAfterTheStepAndTheSameCommandResumes(_ signal: Int32) throws {
    let expected = try uninterrupted()
    for last in 0..<Self.steps {
      let bench = try Workbench()
      let first = Self.train(in: bench) { step, _ in if step == last { bench.signal = signal } }
      #expect(first.status == 128 + signal && first.result == nil)
      #expect(
        bench.complaints.last
          == "chapter3: train seed=0: interrupted after step \(last + 1) of 12; "
          + "run the same command again to resume")
      bench.signal = nil
      bench.date += 120
      let second = Self.train(in: bench)
      #expect(second.status == 0 && second.result == expected, "interrupted after step \(last)")
      #expect(
        bench.complaints.first
          == "train seed=0: resuming after step \(last + 1) of 12, saved 120 s ago")
      #expect(try bench.record()?.stages.map(\.seconds) == [720])
      #expect(try bench.record()?.stages.map(\.cpuSeconds) == [1440])
      #expect(Self.checkpoints(in: bench).isEmpty)
    }
  }

  /// The last checkpoint is at most three minutes old.
  @Test func aCrashLosesOnlyTheWorkSinceTheLastCheckpoint() throws {
    let expected = try uninterrupted()
    for last in 0..<Self.steps {
      let bench = try Workbench()
      let first = Self.train(in: bench) { step, _ in if step == last { throw Crash() } }
      #expect(first.status == 1)
      #expect(Self.checkpoints(in: bench).count == min(last / 3, 2), "two generations")
      let second = Self.train(in: bench)
      #expect(second.result == expected, "died in step \(last)")
      let resumed = bench.standardError.contains("resuming after step \(last / 3 * 3) of 12, saved")
      #expect(resumed == (last >= 3))
      #expect(try bench.record()?.stages.map(\.seconds) == [720], "lost time does not count")
      #expect(try bench.record()?.stages.map(\.cpuSeconds) == [1440])
    }
  }

  /// Kills a process while it writes checkpoints in a loop.
  @Test(arguments: [10, 35, 80]) func killedWhileWriting(milliseconds: Int) async throws {
    let bench = try Workbench()
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = bench.root.path(percentEncoded: false) as String, milliseconds] in
      let bench = try Workbench(root: URL(filePath: path))
      bench.checkpointInterval = 0
      _ = CheckpointTests.train(in: bench) { step, checkpoints in
        guard step == 7 else { return }
        try checkpoints.saveIfDue(after: 7)
        Thread.detachNewThread {
          usleep(UInt32(milliseconds) * 1000)
          kill(getpid(), SIGKILL)
        }
        while true { try checkpoints.saveIfDue(after: 7) }
      }
    }
    let (status, result) = Self.train(in: bench)
    #expect(try result == uninterrupted() && status == 0)
    #expect(bench.complaints.first?.hasPrefix("train seed=0: resuming after step 8 of 12") == true)
    #expect(bench.names(in: Self.cachePath).count == 1, "no partial file is left")
  }

  @Test(arguments: [
    "cut", "empty", "flipped", "of another version", "with negative steps", "of another key",
  ])
  func aDamagedCheckpointIsNamedAndTheOneBeforeItUsed(_ damage: String) throws {
    let bench = try Workbench()
    _ = Self.train(in: bench, peak: 0.2) { step, _ in if step == 9 { throw Crash() } }
    let foreign = try #require(Self.checkpoints(in: bench).last)
    _ = Self.train(in: bench) { step, _ in if step == 9 { throw Crash() } }
    let names = Self.checkpoints(in: bench)
      .filter { $0.prefix(29) != foreign.prefix(29) }
    try #require(names.map { $0.suffix(13) } == [".6.checkpoint", ".9.checkpoint"])
    let file = bench.root.appending(path: "\(Self.cachePath)/\(names[1])")
    var content = try Data(contentsOf: file)
    var found = "found a damaged file, expected a checkpoint"
    switch damage {
    case "cut": content.removeLast()
    case "empty": content = Data()
    case "flipped": content[content.count / 2] ^= 1
    case "of another version":
      var lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 1).map { Data($0) }
      let snapshot = try #require(lines[1].firstRange(of: Data("snapshot".utf8)))
      lines[1][snapshot.upperBound] = 7
      content = Data((sha256Hex(lines[1]) + "\n").utf8) + lines[1]
      found = "found a snapshot of version 7, expected version 2"
    case "with negative steps":
      let lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 1).map { Data($0) }
      var changed = lines[1]
      let steps = try #require(changed.firstRange(of: Data("\"steps\":12".utf8)))
      changed.replaceSubrange(steps, with: Data("\"steps\":-1".utf8))
      content = checksummed(changed)
    default:
      content = try Data(contentsOf: bench.root.appending(path: "\(Self.cachePath)/\(foreign)"))
      found = "found a checkpoint of another stage or other inputs, expected one of train seed=0"
    }
    try content.write(to: file)
    let (status, result) = Self.train(in: bench)
    #expect(try result == uninterrupted() && status == 0)
    #expect(
      bench.standardError.contains("\(names[1]): \(found); using the one before it\n"),
      "\(bench.standardError)")
    #expect(bench.standardError.contains("resuming after step 6 of 12"))
  }

  /// Programs that read a checkpoint without the stage find the description that the stage has given.
  @Test func aCheckpointHasTheDescriptionOfItsState() throws {
    let bench = try Workbench()
    bench.signal = SIGINT
    _ = bench.run { run in
      _ = try run.stage("train") { progress in
        let (value, sizes) = (ResumableValue(1), ["size": 3])
        let checkpoints = progress.checkpoints(2, of: ["value": value], describedBy: sizes)
        for step in try checkpoints.resume() { try checkpoints.saveIfDue(after: step) }
        return 0
      }
    }
    let name = try #require(Self.checkpoints(in: bench).first)
    let file = bench.root.appending(path: "\(Self.cachePath)/\(name)")
    let description = try Checkpoint(contentsOf: file).origin.description
    #expect(description == JSONValue.object(["size": .number(3)]))
  }

  @Test func nonFiniteWeightsAreNotSaved() throws {
    func checkpoints(peak: Float) throws -> [String] {
      let bench = try Workbench()
      var found: [String] = []
      _ = Self.train(in: bench, peak: peak) { step, _ in
        if step == 6 { found = Self.checkpoints(in: bench) }
      }
      return found
    }
    #expect(try !checkpoints(peak: 0.1).isEmpty)
    #expect(try checkpoints(peak: 1e38).isEmpty)
  }

  /// A state stays non-finite: a notice after every step would flood the terminal, and each takes a snapshot.
  @Test func nonFiniteWeightsAreReportedOnceInAnInterval() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench, peak: 1e38)
    let notices = bench.complaints.filter { $0.hasSuffix("is not finite, and is not saved") }
    #expect((1...4).contains(notices.count), "\(bench.standardError)")
  }

  @Test func aStageWithOnlyDamagedCheckpointsStartsOver() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench) { step, _ in if step == 9 { throw Crash() } }
    for name in Self.checkpoints(in: bench) { try bench.write("", to: "\(Self.cachePath)/\(name)") }
    let (status, result) = Self.train(in: bench)
    #expect(try result == uninterrupted() && status == 0)
    #expect(bench.complaints.count { $0.hasSuffix("; using the one before it") } == 1)
    #expect(bench.complaints.count { $0.hasSuffix("; starting over") } == 1)
  }

  /// A checkpoint that cannot be read may be intact: a run that started over would remove it.
  @Test func aCheckpointThatCannotBeReadIsKept() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench) { step, _ in if step == 9 { throw Crash() } }
    let newest = try #require(Self.checkpoints(in: bench).last)
    let file = bench.root.appending(path: "\(Self.cachePath)/\(newest)")
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    let (status, _) = Self.train(in: bench)
    #expect(status == 1)
    #expect(bench.complaints.last?.contains("\(newest): found a folder, expected a file") == true)
    #expect(Self.checkpoints(in: bench).contains(newest))
  }

  @Test func checkpointsOfAnotherKeyAreReportedAndStayUntilTheStageIsDone() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench, peak: 0.2) { step, _ in if step == 9 { throw Crash() } }
    _ = Self.train(in: bench) { _, _ in bench.signal = SIGINT }
    #expect(
      bench.complaints.first
        == "train seed=0: found only checkpoints of other code, other settings "
        + "or other data; starting over")
    #expect(Self.checkpoints(in: bench).count == 3)
    bench.signal = nil
    _ = Self.train(in: bench, peak: 0.2)
    #expect(bench.standardError.contains("resuming after step 9 of 12"))
    #expect(Self.checkpoints(in: bench).isEmpty)
  }

  @Test func aChangedNumberOfStepsIsAnError() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench) { step, _ in if step == 9 { throw Crash() } }
    #expect(Self.train(in: bench, steps: 5).status == 1)
    #expect(
      bench.complaints.last?.hasSuffix(
        ".9.checkpoint: found a checkpoint of 12 steps, expected 5; the number of steps has to be "
          + "one of the stage's inputs") == true)
  }

  /// The file tells another step than that after which its state was saved.
  @Test func aStateOfAnotherStepIsAnError() throws {
    let bench = try Workbench()
    _ = Self.train(in: bench) { step, _ in if step == 9 { throw Crash() } }
    let newest = try #require(Self.checkpoints(in: bench).last)
    let file = bench.root.appending(path: "\(Self.cachePath)/\(newest)")
    let lines = try Data(contentsOf: file)
      .split(separator: UInt8(ascii: "\n"), maxSplits: 1).map { Data($0) }
    var content = lines[1]
    let step = try #require(content.firstRange(of: Data("\"step\":9,".utf8)))
    content.replaceSubrange(step, with: Data("\"step\":8,".utf8))
    try checksummed(content).write(to: file)
    #expect(Self.train(in: bench).status == 1)
    #expect(
      bench.complaints.last?.contains(
        "\(newest): found the state after 9 steps, expected that after 8") == true)
    try removeFile(at: file)
    let (status, result) = Self.train(in: bench)
    #expect(try result == uninterrupted() && status == 0)
  }

  /// The result of the finished stage is stored first.
  @Test func aSignalAfterTheLastStepEndsTheRunAfterTheStage() throws {
    let bench = try Workbench()
    let status = bench.run { run in
      _ = try run.stage("train") { _ in
        bench.signal = SIGTERM
        return 0
      }
      Issue.record("The run must end.")
    }
    #expect(status == 143)
    #expect(
      bench.complaints.last
        == "chapter3: interrupted after train; run the same command again to resume")
    #expect(bench.names(in: Self.cachePath).count == 1)
  }

  /// Sends this process a signal and waits for its delivery, because pool threads block signals.
  private static func send(_ signal: Int32) {
    kill(getpid(), signal)
    usleep(200_000)
  }

  /// Watched signals are recorded, even twice; afterwards SIGTERM ends the process again.
  @Test func sigtermEndsTheProcessOnlyWhenUnwatched() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      let signals = StopSignals.ofProcess
      signals.watch()
      precondition(signals.received() == nil)
      CheckpointTests.send(SIGTERM)
      CheckpointTests.send(SIGTERM)
      precondition(signals.received() == SIGTERM)
      CheckpointTests.send(SIGHUP)
      precondition(signals.received() == SIGHUP, "a terminal that is closed")
      signals.release()
      CheckpointTests.send(SIGTERM)
    }
  }

  /// The program sends the signal to this process, and ends only by a signal.
  @Test func aSignalEndsTheProgramThatIsRun() async {
    await #expect(processExitsWith: .exitCode(7)) {
      guard let shell = ExternalProgram("sh") else { exit(1) }
      let signals = StopSignals.ofProcess
      signals.watch()
      let script = "kill -TERM $PPID; for i in $(seq 400); do sleep 0.05; done"
      do {
        _ = try signals.run(shell, ["-c", script]) {
          Interruption("interrupted", by: $0, resumes: false)
        }
        exit(2)
      } catch let interruption as Interruption {
        let text = "interrupted; run the same command again to start over"
        exit(interruption.signal == SIGTERM && interruption.description == text ? 7 : 3)
      }
    }
  }

  @Test func aSignalLeavesNothingOfAFolder() async throws {
    let bench = try Workbench()
    await #expect(processExitsWith: .exitCode(7)) {
      [path = bench.root.filePath as String] in
      let folder = URL(filePath: path).appending(path: "new/pictures")
      do {
        try StopSignals.ofProcess.writeFolder(at: folder) { partial, check in
          try writeFile(Data(), to: partial.appending(path: "a"))
          kill(getpid(), SIGTERM)
          while true {
            try check()
            usleep(10_000)
          }
        }
      } catch let interruption as Interruption {
        exit(interruption.signal == SIGTERM ? 7 : 2)
      }
    }
    #expect(bench.names(in: "new") == [])
    #expect(!bench.root.appending(path: "new").isPresent)
  }

  @Test func aSecondCtrlCEndsTheProcessAtOnce() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      let signals = StopSignals.ofProcess
      signals.watch()
      CheckpointTests.send(SIGINT)
      precondition(signals.received() == SIGINT)
      CheckpointTests.send(SIGINT)
    }
  }
}
