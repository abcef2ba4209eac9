import Engine
import Files
import Foundation

/// Periodic checkpoints of a stage, from which the same command resumes after an interruption.
///
///     let checkpoints = progress.checkpoints(steps, of: ["network": network, "adam": adam])
///     for step in try checkpoints.resume() {
///       …
///       try checkpoints.saveIfDue(after: step)
///     }
///
/// Work after the loop is not checkpointed: if it is interrupted, it starts again.
public final class Checkpoints {
  private let files: CheckpointFiles
  private let stopwatch: Stopwatch
  private let steps: Int
  private let state: [NamedState]
  /// The number of steps that the state has taken, which is saved with it.
  private let stepsTaken = ResumableValue(0)
  private let description: (any Encodable)?
  private let environment: RunEnvironment
  private var newest: String?
  private var lastSaved: Double

  init(
    _ files: CheckpointFiles, stopwatch: Stopwatch, steps: Int, state: [NamedState],
    description: (any Encodable)?, in environment: RunEnvironment
  ) {
    (self.files, self.stopwatch, self.steps) = (files, stopwatch, steps)
    self.state = state + stepsTaken.state(under: "checkpoint")
    (self.description, self.environment) = (description, environment)
    lastSaved = environment.clock()
  }

  /// Restores the state from the newest checkpoint, if there is one.
  ///
  /// From now on until the end of the stage, ``saveIfDue(after:)`` handles SIGINT, SIGTERM, SIGHUP and
  /// SIGUSR1.
  ///
  /// - Returns: The remaining steps, counted from 0.
  /// - Throws: An error that names the checkpoint if it cannot be read, if its state or number of steps does not fit,
  ///   or if its state is that after another step than its header names.
  @discardableResult
  public func resume() throws -> Range<Int> {
    environment.stopSignals.watch()
    guard let (name, checkpoint) = try newestIntact() else { return 0..<steps }
    let origin = checkpoint.origin
    guard origin.steps == steps else {
      throw files.failure(
        name,
        "found a checkpoint of \(origin.steps) steps, expected \(steps); the number of steps has to be "
          + "one of the stage's inputs")
    }
    do {
      try checkpoint.snapshot.restore(state)
    } catch {
      throw files.failure(name, oneLine(error))
    }
    guard stepsTaken.value == origin.step else {
      throw files.failure(
        name,
        "found the state after \(stepsTaken.value) steps, expected that after \(origin.step); remove the file, "
          + "then the same command uses the one before it or starts over")
    }
    newest = name
    stopwatch.continue(from: origin.seconds, cpuSeconds: origin.cpuSeconds)
    environment.console.note(
      "\(files.stage): resuming after step \(origin.step) of \(steps)\(age(of: origin))")
    return origin.step..<steps
  }

  /// Saves the state after step `step`, counted from 0, if the last checkpoint is older than the
  /// interval or a signal has asked the process to end.
  ///
  /// A state with values that are not finite is not saved, so that the last checkpoint stays usable.
  ///
  /// - Throws: An error that ends the program after a signal, or one that names a file that cannot be
  ///   written.
  public func saveIfDue(after step: Int) throws {
    let signal = environment.stopSignals.received()
    let age = environment.clock() - lastSaved
    guard signal != nil || age >= environment.checkpointInterval else { return }
    stepsTaken.value = step + 1
    let snapshot = Snapshot(of: state)
    if snapshot.isFinite {
      newest = try files.store(
        snapshot,
        origin: Checkpoint.Origin(
          stage: files.stage, key: files.key, step: step + 1, steps: steps,
          seconds: stopwatch.seconds, cpuSeconds: stopwatch.cpuSeconds,
          date: environment.date().formatted(.iso8601),
          description: try description.map { try JSONValue(describing: $0) },
          synthetic: files.isSynthetic ? true : nil),
        previous: newest)
    } else {
      environment.console.note(
        "\(files.stage): the state after step \(step + 1) has a value that is not finite, and is not saved"
      )
    }
    // Also for a state that was not saved: the next one is looked at after another interval.
    lastSaved = environment.clock()
    if let signal {
      throw Interruption(
        "\(files.stage): interrupted after step \(step + 1) of \(steps)", by: signal)
    }
  }

  /// The newest checkpoint that is not damaged; a notice names each damaged one.
  ///
  /// - Throws: `FileError` for one that cannot be read.
  private func newestIntact() throws -> (name: String, checkpoint: Checkpoint)? {
    let names = try files.find().names
    for name in names {
      do {
        return (name, try files.load(name))
      } catch let error as FileError {
        // Starting over would remove it, although it may be intact.
        throw error
      } catch {
        let instead = name == names.last ? "starting over" : "using the one before it"
        environment.console.note("\(oneLine(error)); \(instead)")
      }
    }
    return nil
  }

  private func age(of origin: Checkpoint.Origin) -> String {
    guard let date = try? Date(origin.date, strategy: .iso8601) else { return "" }
    return ", saved \(durationText(max(0, environment.date().timeIntervalSince(date)))) ago"
  }
}
