import Datasets
import Engine
import Files
import Foundation

/// The environment of a run: console, clock, signals, programs and sources. Tests replace it.
package struct RunEnvironment {
  /// The root of the package, which contains figures/.
  package var root: URL
  package var console: Console
  package var gnuplot: URL?
  package var sources: SourceState
  /// The hash of the running program.
  package var executableSHA256: String
  package var blasCore: String
  /// Describes the computer and its software; nil where that is not recorded.
  package var computing: () -> ComputingEnvironment?
  /// Seconds since an arbitrary moment, from a monotonic clock.
  package var clock: () -> Double
  package var date: () -> Date
  package var stopSignals: StopSignals
  /// Seconds between two checkpoints of a stage.
  package var checkpointInterval: Double

  package init(
    root: URL, console: Console, gnuplot: URL?, sources: SourceState, executableSHA256: String,
    blasCore: String, computing: @escaping () -> ComputingEnvironment? = { nil },
    clock: @escaping () -> Double, date: @escaping () -> Date,
    stopSignals: StopSignals, checkpointInterval: Double = 180
  ) {
    self.root = root
    self.console = console
    self.gnuplot = gnuplot
    self.sources = sources
    self.executableSHA256 = executableSHA256
    self.blasCore = blasCore
    self.computing = computing
    self.clock = clock
    self.date = date
    self.stopSignals = stopSignals
    self.checkpointInterval = checkpointInterval
  }

  /// The environment of this process. The package's root is the current directory.
  static func ofProcess(console: Console) throws -> RunEnvironment {
    let root = URL.currentDirectory()
    let start = ContinuousClock.now
    return RunEnvironment(
      root: root, console: console, gnuplot: ExternalProgram("gnuplot")?.executable,
      sources: .ofCheckout(at: root), executableSHA256: try hashOfRunningProgram(),
      blasCore: BLAS.coreName, computing: { .ofThisComputer(root: root) },
      clock: { (ContinuousClock.now - start) / .seconds(1) },
      date: { Date() }, stopSignals: .ofProcess)
  }
}

extension RunEnvironment {
  /// The record of a stage that has finished now.
  func record(of stage: String, key: String, _ threads: Int, seconds: Double) -> StageRecord {
    StageRecord(
      name: stage, key: key, commit: sources.commit, dirty: sources.dirty,
      sourceSHA256: sources.sha256, date: date().formatted(.iso8601), threads: threads,
      blasCore: blasCore, environment: computing(), seconds: roundedToMilliseconds(seconds))
  }
}

/// `seconds` rounded to milliseconds, which is finer than the clocks are.
func roundedToMilliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

/// The SHA-256 of this process's executable, even if the file on disk has been replaced since.
private func hashOfRunningProgram() throws -> String {
  #if os(Linux)
    let path = "/proc/self/exe"
  #else
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
  #endif
  return sha256Hex(try readFile(at: URL(filePath: path)))
}
