import Files
import Foundation

/// One run of a chapter.
///
/// A stage is computed, or its result loaded, when the chapter calls it. Data files, figures, the record
/// and the final table are collected, and written together when the chapter's body has finished, so that
/// all of them describe the same run. Results should be computed in stages: the record takes its date and commit
/// from them, and a run that loads all of them changes nothing.
public final class Run {
  /// The seeds of the run, one after the other.
  public private(set) var seeds: [Int]

  let chapter: Chapter
  let settings: RunSettings
  let environment: RunEnvironment
  let output: OutputDirectory
  let previous: PreviousRecord
  /// The directories that did not exist before the run, apart from those that its stages need.
  private let createdDirectories: [URL]
  /// The lock of the chapter in OUT; nil in a run that writes no record.
  private let lock: RunLock?
  let log: WorkLog
  let stages: StageRunner
  var recordedValues = RecordedValues()
  var files = RunFiles()
  var comparisons: [Comparison] = []
  var console: Console { environment.console }

  init(_ chapter: Chapter, _ options: OptionValues, in environment: RunEnvironment) throws {
    var environment = environment
    if let interval = options[chapter.common.saveEvery] {
      environment.checkpointInterval = interval
    }
    self.environment = environment
    self.chapter = chapter
    var settings = try RunSettings(chapter, options, root: environment.root)
    if let processes = environment.processes {
      settings.out = try processes.workingFolder(
        for: settings.out, chapter: chapter.name, preset: settings.preset)
    }
    self.settings = settings
    seeds = settings.seeds
    output = OutputDirectory(settings.out)
    let store = StageStore(output, chapter: chapter.name, preset: settings.preset)
    do {
      (previous, createdDirectories, lock) = try prepareOutput(of: chapter, settings, store)
    } catch {
      // Otherwise the copy is removed at the end of the run.
      if environment.processes?.isFirst == false { removeTree(at: settings.out) }
      throw error
    }
    log = WorkLog(environment.console)
    stages = StageRunner(store, threads: settings.threads, log: log, in: environment)
    if settings.writesRecord { noteReplacement() }
  }

  /// Notes an unusable earlier record, and an earlier record of other seeds or options that this run replaces.
  private func noteReplacement() {
    if let warning = previous.warning { note(warning) }
    let ignored = chapter.options.filter { !$0.changesResults }.map(\.name)
    let replacement = previous.replacementNote(
      seeds: seeds, options: settings.changed, ignoring: Set(ignored))
    if let replacement { note(replacement) }
  }

  /// Releases the lock, so that other processes can run the chapter in this OUT, and removes directories in which the run
  /// has written nothing, such as one that it refuses.
  func cleanUp() {
    lock?.release()
    removeFoldersIfEmpty(createdDirectories + stages.createdDirectories)
    if isCopy { removeTree(at: output.url) }
  }

  /// Whether OUT is a temporary copy, and rank 0 of the processes has OUT itself.
  var isCopy: Bool { environment.processes?.isFirst == false }
}

// MARK: - Settings

extension Run {
  /// Whether the run writes a record, pictures and tables. A run with `--list` or `--training` writes none.
  public var writesRecord: Bool { settings.writesRecord }
  /// The scale, with aliases resolved.
  public var preset: Preset { settings.preset }

  /// The number of threads; results do not depend on it.
  public var threads: Int { settings.threads }

  /// The value of one of the chapter's own options, or its default.
  public subscript<Value>(option: CommandLineOption<Value>) -> Value { settings.options[option] }

  /// Prints a command for the shell that runs this chapter with the options of this run, but with this `seed` and
  /// these `options` in place of those that prevent a record.
  ///
  /// - Throws: ``Failure`` if an argument has a line break, because a list has a command in each line.
  package func printCommand(seed: Int, options: [String: String]) throws {
    let common = chapter.common
    let replaced = [common.seed.declaration.name, common.seeds.declaration.name]
    let kept = settings.given.filter {
      !$0.option.preventsRecord && !replaced.contains($0.option.name)
    }
    let arguments =
      kept.map { ($0.option.name, $0.argument) } + options.sorted { $0.key < $1.key }
      + [(common.seed.declaration.name, "\(seed)")]
    if let argument = arguments.first(where: { $0.1.contains { $0.isNewline } }) {
      throw Failure("--\(argument.0): found a line break, expected none in a list of commands")
    }
    let words = arguments.map { "--\($0.0)=\(shellWord($0.1))" }
    console.print(
      (launcher + [shellWord(environment.program)] + words).joined(separator: " "))
  }

  /// The words before the program in a command for as many processes as this run has.
  private var launcher: [String] {
    guard let processes = environment.processes else { return [] }
    let hosts = ProcessInfo.processInfo.environment["HOSTS"].map { "HOSTS=" + shellWord($0) }
    return ["RANKS=\(processes.communicator.count)"] + (hosts.map { [$0] } ?? [])
      + ["scripts/ranks"]
  }

  /// Removes the seeds that `isKnown` rejects from the run and its record.
  package func leaveOutSeeds(unless isKnown: (Int) -> Bool) { seeds = seeds.filter(isKnown) }
}

/// Creates the directories of a run that writes a record, locks them, and reads the earlier record in OUT.
///
/// - Throws: An error if the earlier record must not be replaced or cannot be read, or ``BusyError`` if another process
///   runs the chapter; then no directory is left behind.
private func prepareOutput(of chapter: Chapter, _ settings: RunSettings, _ store: StageStore) throws
  -> (previous: PreviousRecord, created: [URL], lock: RunLock?)
{
  var (created, lock): ([URL], RunLock?) = ([], nil)
  do {
    if settings.writesRecord {
      created = try store.prepare(others: ["data"])
      let name = chapter.name.program
      lock = try RunLock(
        OutputDirectory(settings.out).file("cache/\(name)/.lock"), for: name)
    }
    // Only now, because a run that ends writes its record until it releases the lock.
    let previous = try PreviousRecord(chapter: chapter.name, in: settings.out)
    try previous.checkMayBeReplaced(bySmoke: settings.preset == .smoke, bySynthetic: false)
    return (previous, created, lock)
  } catch {
    lock?.release()
    removeFoldersIfEmpty(created)
    throw error
  }
}
