import ChapterKit
import Engine
import Files
import Foundation

/// Training steps that several processes of this machine take together, with Open MPI.
enum ProcessesBenchmark {
  /// Numbers of processes, each with a number of threads.
  private static let divisions: [(processes: Int, threads: Int)] = [(1, 1), (1, 2), (2, 1)]
  private static let batch = 192
  private static let steps = 10

  static let benchmark = Benchmark(
    name: "ranks",
    quantities: divisions.map { processes, threads in
      Quantity(
        metric: "secondsPerStep.ranks\(processes).threads\(threads)",
        title: "step, batch \(batch), ranks \(processes) × threads \(threads)",
        unit: "s", decimals: 3)
    } + [
      Quantity(
        metric: "megabytesPerStep.ranks2", title: "exchanged in a step by 1 of 2", unit: "MB"),
      Quantity(
        metric: "exchangesPerStep.ranks2", title: "exchanges in a step", unit: "", decimals: 0),
      Quantity(
        metric: "exchangeShare.ranks2", title: "share of the exchange in the time", unit: "%"),
    ],
    isStandard: false
  ) { _ in
    guard ExternalProgram("mpirun") != nil else {
      throw Failure(
        "mpirun: found no such program in PATH, expected Open MPI; "
          + "scripts/install-missing mpi installs it")
    }
    return {
      let samples = try divisions.map { try sample(processes: $0.processes, threads: $0.threads) }
      let divided = samples.last!
      return samples.map(\.secondsPerStep)
        + [
          divided.bytesPerStep * 1e-6, divided.exchangesPerStep,
          100 * divided.exchangeSeconds / divided.secondsPerStep,
        ]
    }
  }

  /// The means over the steps of ``takeSteps(_:)``.
  private struct Sample: Codable {
    let secondsPerStep: Double
    /// The exchanges of rank 0 with another process in a step.
    let exchangesPerStep: Double
    /// The bytes that rank 0 sends and receives in a step.
    let bytesPerStep: Double
    /// The time that rank 0 exchanges in a step, waiting included.
    let exchangeSeconds: Double
  }

  /// Has new processes take the steps.
  private static func sample(processes: Int, threads: Int) throws -> Sample {
    var environment = ProcessInfo.processInfo.environment
    environment["RANKS"] = processes == 1 ? nil : "\(processes)"
    let result = try ExternalProgram(at: URL(filePath: "scripts/ranks")).run(
      [CommandLine.arguments[0], "--steps", "--threads", "\(threads)"], environment: environment)
    guard result.status == 0 else {
      throw Failure("scripts/ranks: exit status \(result.status): \(result.errors)")
    }
    return try JSON.decode(Sample.self, from: result.output)
  }

  /// Takes training steps, together with the other processes of mpirun, and prints their mean time.
  static func takeSteps(_ invocation: Invocation) throws {
    let processes = try Processes.ofMPI()
    defer { processes?.end() }
    let sample = Parallel.$communicator.withValue(processes?.communicator) {
      let training = WideResNetTraining(batch: batch)
      for _ in 0..<2 { training.step() }
      let (before, start) = (processes?.communicator.exchanged, ContinuousClock.now)
      for _ in 0..<steps { training.step() }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let exchanged = processes.map { $0.communicator.exchanged - before! }
      return Sample(
        secondsPerStep: seconds / Double(steps),
        exchangesPerStep: Double(exchanged?.exchanges ?? 0) / Double(steps),
        bytesPerStep: Double(exchanged?.bytes ?? 0) / Double(steps),
        exchangeSeconds: (exchanged?.seconds ?? 0) / Double(steps))
    }
    if processes?.isFirst ?? true {
      invocation.print(String(decoding: try JSON.encode(sample), as: UTF8.self))
    }
  }
}
