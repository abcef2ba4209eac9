import Engine
import Foundation

/// Lets a stage of many steps be interrupted at any moment, and the same command go on with it.
///
///     let checkpoints = progress.checkpoints(steps, of: ["network": network, "adam": adam])
///     for step in try checkpoints.resume() {
///       …
///       try checkpoints.saveIfDue(after: step)
///     }
///
/// What is computed after the loop is computed again where it was interrupted.
public final class Checkpoints {
  private let files: CheckpointFiles
  private let stopwatch: Stopwatch
  private let steps: Int
  private let state: [NamedState]
  private let environment: RunEnvironment
  private var newest: String?
  private var lastSaved: Double

  init(
    _ files: CheckpointFiles, stopwatch: Stopwatch, steps: Int, state: [NamedState],
    in environment: RunEnvironment
  ) {
    (self.files, self.stopwatch, self.steps, self.state) = (files, stopwatch, steps, state)
    self.environment = environment
    lastSaved = environment.clock()
  }

  /// Puts the state back to the newest checkpoint, if there is one, and says so.
  ///
  /// From here to the end of the stage, SIGINT and SIGTERM are heeded by ``saveIfDue(after:)``.
  ///
  /// - Returns: The steps that are still to do, counted from 0.
  /// - Throws: An error that names the checkpoint where it is of another state or another
  ///   number of steps.
  public func resume() throws -> Range<Int> {
    environment.stopSignals.watch()
    guard let (name, checkpoint) = try newestGood() else { return 0..<steps }
    let origin = checkpoint.origin
    guard origin.steps == steps else {
      throw files.complaint(
        name,
        "found a checkpoint of \(origin.steps) steps, expected one of \(steps); how many there are "
          + "belongs into the stage's inputs")
    }
    do {
      try checkpoint.snapshot.restore(state)
    } catch {
      throw files.complaint(name, oneLine(error))
    }
    newest = name
    stopwatch.earlierSeconds = origin.seconds
    environment.console.note(
      "\(files.stage): goes on after step \(origin.step) of \(steps)\(age(of: origin))")
    return origin.step..<steps
  }

  /// Saves the state, step `step` being done, where the last time is some minutes ago or the
  /// process was asked to end. A state with numbers that are not finite is not saved: it ends the
  /// training at its next loss, and the checkpoint before it is then the one to go on from.
  ///
  /// - Throws: An error that ends the program where it was asked to end, or one that names the file
  ///   where it cannot be written.
  public func saveIfDue(after step: Int) throws {
    let signal = environment.stopSignals.received()
    let age = environment.clock() - lastSaved
    guard signal != nil || age >= environment.checkpointInterval else { return }
    let snapshot = Snapshot(of: state)
    if snapshot.isFinite {
      newest = try files.store(
        snapshot,
        origin: Checkpoint.Origin(
          stage: files.stage, key: files.key, step: step + 1, steps: steps,
          seconds: stopwatch.seconds, date: environment.date().formatted(.iso8601)),
        previous: newest)
      lastSaved = environment.clock()
    }
    if let signal {
      throw Interruption(
        "\(files.stage): interrupted after step \(step + 1) of \(steps)", by: signal)
    }
  }

  /// The newest checkpoint that is not damaged; those that are, are named.
  private func newestGood() throws -> (name: String, checkpoint: Checkpoint)? {
    let (names, hasOthers) = try files.find()
    for name in names {
      do {
        return (name, try files.load(name))
      } catch {
        let instead = name == names.last ? "starting over" : "using the one before it"
        environment.console.note("\(oneLine(error)); \(instead)")
      }
    }
    if names.isEmpty, hasOthers {
      environment.console.note(
        "\(files.stage): found checkpoints of another program, other settings or other data only; "
          + "starting over")
    }
    return nil
  }

  private func age(of origin: Checkpoint.Origin) -> String {
    guard let date = try? Date(origin.date, strategy: .iso8601) else { return "" }
    return ", saved \(durationText(max(0, environment.date().timeIntervalSince(date)))) ago"
  }
}

/// How long a stage takes, interruptions left out.
final class Stopwatch {
  /// Seconds that it took before this process.
  var earlierSeconds = 0.0
  private let clock: () -> Double
  private let start: Double

  init(_ clock: @escaping () -> Double) {
    self.clock = clock
    start = clock()
  }

  /// Seconds so far, in all.
  var seconds: Double { earlierSeconds + clock() - start }
}
