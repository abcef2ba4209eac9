import ChapterKit
import Foundation

/// Runs of a chapter in a temporary package of their own, without output, gnuplot and git.
struct TestChapter {
  let root: URL
  private let environment: RunEnvironment

  /// An empty package.
  ///
  /// - Parameter signal: A signal that each run has received; nil for none.
  init(signal: Int32? = nil) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "chapter \(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appending(path: "figures"), withIntermediateDirectories: true)
    environment = RunEnvironment(
      root: root, console: Console(isTerminal: false, output: { _ in }, errors: { _ in }),
      gnuplot: nil, sources: SourceState(commit: "unknown", dirty: nil), executableSHA256: "",
      blasCore: "", clock: { 0 }, date: { Date() },
      stopSignals: StopSignals(watch: {}, release: {}, received: { signal }))
  }

  /// Runs `body` as the chapter "test" at the preset `short`, and returns the exit status.
  ///
  /// - Parameters:
  ///   - arguments: The arguments of the command line.
  ///   - options: The chapter's own options.
  ///   - body: The chapter.
  func run(
    _ arguments: String..., options: [any DeclaredOption] = [], body: (Run) throws -> Void
  ) -> Int32 {
    run(arguments, options: options, body: body)
  }

  /// Runs `body` as ``run(_:options:body:)`` does, with an array of arguments.
  func run(
    _ arguments: [String], options: [any DeclaredOption] = [], body: (Run) throws -> Void
  ) -> Int32 {
    Chapter(
      "test", "Test", summary: "tests.", presets: [.scale(.short, costs: "seconds")],
      options: options
    ).run(arguments: arguments, in: environment, body)
  }

  /// The record of the last run.
  func record() throws -> RunRecord? {
    try RunRecord.load(chapter: "test", from: root.appending(path: "figures"))
  }

  /// Removes the package.
  func remove() { try? FileManager.default.removeItem(at: root) }
}
