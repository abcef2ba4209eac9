import ChapterKit
import Datasets
import Foundation

/// An environment for running chapters in tests: a package root in a temporary directory, a gnuplot
/// script that only logs its calls, a manual clock, and a console that stores its output.
final class Workbench {
  let root: URL
  private let isOwner: Bool
  var out: URL { root.appending(path: "figures") }
  private(set) var standardOutput = ""
  private(set) var standardError = ""
  var commit = "1a2b3c4d5e6f7890"
  var dirty: Bool? = false
  var program = "program 1"
  /// When the program was built, in seconds since 1970.
  var buildTime: Int?
  var seconds = 0.0
  var date = Date(timeIntervalSince1970: 1_700_000_000)
  var gnuplot: URL?
  /// The signal that has asked the process to end.
  var signal: Int32?
  var checkpointInterval = 180.0
  /// The processes that run the chapter together.
  var processes: Processes?

  /// A workbench with a new root, or with the root of another process's workbench.
  ///
  /// The owner removes the root at its end.
  init(root: URL? = nil, isOwner: Bool = true) throws {
    self.isOwner = isOwner
    self.root =
      root
      ?? FileManager.default.temporaryDirectory
      .appending(path: "chapter kit's \(UUID().uuidString)", directoryHint: .isDirectory)
    try write("plot 1", to: "figures/dots.gp")
    try write("set grid", to: "figures/style.gp")
    gnuplot = try gnuplot(
      """
      printf '%s\\n' "$*" >> gnuplot.log
      echo "<?xml version='1.0'?>"; cat "$4"; printf '%s\\n' "$3"; echo "</svg>"
      """)
  }

  deinit { if isOwner { try? FileManager.default.removeItem(at: root) } }

  /// Runs chapter 3 with command-line arguments; returns its exit status.
  func run(_ arguments: String..., body: (Run) throws -> Void) -> Int32 {
    standardOutput = ""
    standardError = ""
    return Workbench.chapter.run(arguments: arguments, in: environment, body)
  }

  static let temperatures = CommandLineOption(
    "temperature", .numbers("numbers above 0") { $0 > 0 }, default: [1, 0.5], "temperatures")
  static let rate = CommandLineOption(
    "rate", .number("a number from 0 to 1") { (0...1).contains($0) }, "the rate")
  static let balanced = CommandLineOption(flag: "balanced", "the same number of each class")

  static let chapter = Chapter(
    3, "Sharpening", summary: "sharpens.",
    presets: [
      .scale(.smoke, costs: "a minute"), .alias(.short, of: .article),
      .scale(.article, costs: "four minutes"),
    ], options: [temperatures, rate, balanced])

  var environment: RunEnvironment {
    RunEnvironment(
      root: root,
      console: Console(
        isTerminal: false, output: { self.standardOutput += $0 },
        errors: { self.standardError += $0 }),
      gnuplot: gnuplot, sources: SourceState(commit: commit, dirty: dirty),
      executableSHA256: sha256Hex(Data(program.utf8)), buildTime: buildTime, blasCore: "Haswell",
      clock: { self.seconds }, cpuClock: { self.seconds * 2 }, date: { self.date },
      stopSignals: StopSignals(watch: {}, release: {}, received: { self.signal }),
      checkpointInterval: checkpointInterval, processes: processes)
  }

  /// The lines of standard error.
  var complaints: [String] { standardError.split(separator: "\n").map(String.init) }

  func write(_ text: String, to path: String) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func read(_ path: String) -> String? {
    (try? Data(contentsOf: root.appending(path: path))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The sorted names in a directory; empty if it does not exist.
  func names(in path: String) -> [String] {
    let directory = root.appending(path: path).path(percentEncoded: false)
    return ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  func record() throws -> RunRecord? { try RunRecord.load(chapter: 3, from: out) }

  /// The number of calls of gnuplot so far.
  var drawings: Int { read("gnuplot.log")?.split(separator: "\n").count ?? 0 }

  /// A shell script in place of gnuplot that prints `version` for --version and otherwise runs `lines`, in
  /// which $3 is the text of the assignments and $4 the gnuplot script.
  func gnuplot(_ lines: String, version: String = "gnuplot 5") throws -> URL {
    try script(
      named: "gnuplot",
      "if [ \"$1\" = --version ]; then echo '\(version)'; exit; fi\n" + lines)
  }

  /// An executable shell script in the root.
  func script(named name: String, _ lines: String) throws -> URL {
    try write("#!/bin/sh\n" + lines + "\n", to: name)
    let file = root.appending(path: name)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: file.path(percentEncoded: false))
    return file
  }
}
