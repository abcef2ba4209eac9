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
  /// The time at which the running program was built, in seconds since 1970; nil if that is unknown.
  package var buildTime: Int?
  package var blasCore: String
  /// Describes the computer and its software; nil where that is not recorded.
  package var computing: () -> ComputingEnvironment?
  /// Seconds since an arbitrary moment, from a monotonic clock that stops while the computer sleeps.
  package var clock: () -> Double
  /// The processor time of the process so far, in seconds, summed over its threads.
  package var cpuClock: () -> Double
  package var date: () -> Date
  /// The signals that ask the run to end. Several processes look for them together, and all find the same.
  package var stopSignals: StopSignals
  /// The signals that ask this process to end; it can look for them by itself, at any time.
  package var ownSignals: StopSignals
  /// Seconds between two checkpoints of a stage.
  package var checkpointInterval: Double
  /// The path by which the program was started.
  package var program = CommandLine.arguments[0]
  /// The processes that compute the run together; nil for this process alone.
  package var processes: Processes?

  package init(
    root: URL, console: Console, gnuplot: URL?, sources: SourceState, executableSHA256: String,
    buildTime: Int? = nil, blasCore: String,
    computing: @escaping () -> ComputingEnvironment? = { nil }, clock: @escaping () -> Double,
    cpuClock: @escaping () -> Double = cpuSecondsOfProcess,
    date: @escaping () -> Date,
    stopSignals: StopSignals, checkpointInterval: Double = 180,
    processes: Processes? = nil
  ) {
    self.root = root
    self.console = console
    self.gnuplot = gnuplot
    self.sources = sources
    self.executableSHA256 = executableSHA256
    self.buildTime = buildTime
    self.blasCore = blasCore
    self.computing = computing
    self.clock = clock
    self.cpuClock = cpuClock
    self.date = date
    self.stopSignals = stopSignals
    ownSignals = stopSignals
    self.checkpointInterval = checkpointInterval
    self.processes = processes
  }

  /// The environment of this process. The package's root is the current directory.
  ///
  /// - Throws: An error in one line if the path of the current directory is not UTF-8, the program cannot be read, or
  ///   mpirun has started it with a wrong number of processes or although it was built without MPI.
  static func ofProcess(console: Console) throws -> RunEnvironment {
    let root = try currentFolder()
    let start = SuspendingClock.now
    let executable = runningProgram
    return RunEnvironment(
      root: root, console: console, gnuplot: ExternalProgram("gnuplot")?.executable,
      sources: .ofCheckout(at: root), executableSHA256: sha256Hex(try readFile(at: executable)),
      buildTime: timeOfBuild(executable, root: root),
      blasCore: OpenBLAS.coreName, computing: { .ofThisComputer(root: root) },
      clock: { (SuspendingClock.now - start) / .seconds(1) },
      date: { Date() }, stopSignals: .ofProcess, processes: try .ofMPI())
  }
}

extension RunEnvironment {
  /// The hash of the code at `paths` and in the modules that it imports; that of the program if the
  /// package has no such files.
  ///
  /// - Throws: ``Failure`` if a file has been edited since the program was built, because then the files
  ///   are not the program's code, or if a file is dated in the future, because then that is not known.
  func codeHash(at paths: [String]) throws -> String {
    let code = try SourceCode(at: paths, root: root)
    if let buildTime, let (file, time) = code.file(changedAfter: buildTime) {
      // Another build would not help: the program would still be older than the file.
      guard Double(time) <= date().timeIntervalSince1970 else {
        throw Failure(
          "\(file): found a file that is dated in the future, expected one that is older than this program; "
            + "run touch \(shellWord(file)), then start the program with make")
      }
      throw Failure(
        "\(file): found a change that is newer than this program, expected a program built from these "
          + "sources; start it with make, which builds it")
    }
    return code.sha256 ?? executableSHA256
  }

  /// The record of a stage that has finished now.
  func record(
    of stage: String, key: String, _ threads: Int, time: Stopwatch, exchange: ExchangeRecord? = nil
  ) -> StageRecord {
    StageRecord(
      name: stage, key: key, commit: sources.commit, dirty: sources.dirty,
      sourceSHA256: sources.sha256, date: date().formatted(.iso8601), threads: threads,
      blasCore: blasCore, environment: computing(), exchange: exchange,
      seconds: roundedToMilliseconds(time.seconds),
      cpuSeconds: time.cpuSeconds.map(roundedToMilliseconds))
  }
}

/// The current directory.
///
/// - Throws: ``Failure`` if its path is not UTF-8: no `URL` leads to it, and its files would seem to be missing.
package func currentFolder() throws -> URL {
  if let path = unsafe getcwd(nil, 0) {
    defer { unsafe free(path) }
    let text = unsafe String(cString: path)
    guard unsafe String(validatingCString: path) != nil else {
      throw Failure(
        "the path of the current folder is not UTF-8: found \"\(text)\", expected text in UTF-8; rename that "
          + "folder, or move the package to another one")
    }
  }
  return .currentDirectory()
}

/// The processor time of this process so far, in seconds, summed over its threads.
package func cpuSecondsOfProcess() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// `seconds` rounded to milliseconds; records need no more digits.
func roundedToMilliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

/// The time at which the program was last built, in seconds since 1970; nil if that is unknown.
///
/// After an edit of comments a build leaves the executable as it is; the modification time of .build/build-PROGRAM
/// then is the time at which make started the build.
private func timeOfBuild(_ executable: URL, root: URL) -> Int? {
  let name = URL(filePath: CommandLine.arguments[0]).lastPathComponent
  let marker = root.appending(path: ".build/build-\(name)")
  return [executable, marker].compactMap(\.modificationTime).max()
}

/// The folder of this process's executable, whether it was started by a path, through PATH or by a symbolic link.
package var folderOfRunningProgram: URL {
  pathOfRunningProgram.resolvingSymlinksInPath().deletingLastPathComponent()
}

/// This process's executable, even if the file on disk has been replaced since.
private var runningProgram: URL {
  #if os(Linux)
    URL(filePath: "/proc/self/exe")
  #else
    pathOfRunningProgram
  #endif
}

private var pathOfRunningProgram: URL {
  URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0])
}
