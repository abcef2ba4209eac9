import Datasets
import Engine
import Files
import Foundation

/// What a run takes from the world around it, in one place, so that a test can give it another
/// world.
package struct RunEnvironment {
  /// The root of the package, where figures/ lies.
  package var root: URL
  package var console: Console
  package var gnuplot: URL?
  package var sources: SourceState
  /// The hash of the running program.
  package var executableSHA256: String
  package var blasCore: String
  /// Seconds since some moment, always going forward.
  package var clock: () -> Double
  package var date: () -> Date
  package var stopSignals: StopSignals
  /// Seconds after which a stage saves what it has done so far.
  package var checkpointInterval: Double

  package init(
    root: URL, console: Console, gnuplot: URL?, sources: SourceState, executableSHA256: String,
    blasCore: String, clock: @escaping () -> Double, date: @escaping () -> Date,
    stopSignals: StopSignals, checkpointInterval: Double = 180
  ) {
    self.root = root
    self.console = console
    self.gnuplot = gnuplot
    self.sources = sources
    self.executableSHA256 = executableSHA256
    self.blasCore = blasCore
    self.clock = clock
    self.date = date
    self.stopSignals = stopSignals
    self.checkpointInterval = checkpointInterval
  }

  /// The world as it is; the package's root is the current directory, from which make runs.
  static func ofProcess(console: Console) throws -> RunEnvironment {
    let root = URL.currentDirectory()
    let start = ContinuousClock.now
    return RunEnvironment(
      root: root, console: console, gnuplot: ExternalProgram("gnuplot")?.executable,
      sources: .ofCheckout(at: root), executableSHA256: try hashOfRunningProgram(),
      blasCore: BLAS.coreName, clock: { (ContinuousClock.now - start) / .seconds(1) },
      date: { Date() }, stopSignals: .ofProcess)
  }
}

/// SHA-256 of the file that this process runs, even if a newer one has taken its place on the disk.
private func hashOfRunningProgram() throws -> String {
  #if os(Linux)
    let path = "/proc/self/exe"
  #else
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
  #endif
  return sha256Hex(try readFile(at: URL(filePath: path)))
}
