import Engine
import Foundation

/// A chapter of the article as a program.
///
/// It parses the common options and its own, runs its body, and writes pictures, data files and the
/// record of the run into OUT.
public struct Chapter: Sendable {
  package let name: ChapterName
  package let title: String
  package let presets: [PresetChoice]
  package let program: Program
  package let common: CommonOptions
  /// The chapter's own options.
  let options: [OptionDeclaration]

  /// A chapter with its presets and options.
  ///
  /// - Parameters:
  ///   - name: The number of the chapter, or the name of an appendix.
  ///   - title: The title.
  ///   - summary: A summary for the help; it follows the title, and starts with a verb.
  ///   - presets: The presets with their costs, in the order of the help.
  ///   - options: The chapter's own options, besides the common ones.
  public init(
    _ name: ChapterName, _ title: String, summary: String, presets: [PresetChoice],
    options: [any DeclaredOption] = []
  ) {
    self.name = name
    self.title = title
    self.presets = presets
    let common = CommonOptions(presets: presets.map(\.preset))
    self.common = common
    self.options = options.map(\.declaration)
    let costs = presets.map { "  \(padded($0.preset.rawValue, to: 10))\($0.explanation)" }
    program = Program(
      name.program,
      summary: "\(name.heading(title)): \(summary)\n\npresets:\n"
        + costs.joined(separator: "\n"),
      options: common.all + options)
  }

  /// Parses the process's arguments, runs `body`, and writes data files, pictures and the record.
  ///
  /// An error becomes one line on standard error.
  ///
  /// - Returns: The exit status: 0, 1 for a failure, 2 for an invalid command line, 75 if another
  ///   process is at the same work, 128 + the signal's number for an interruption.
  public func run(_ body: (Run) throws -> Void) -> Int32 {
    program.run { invocation in
      try execute(invocation, in: RunEnvironment.ofProcess(console: invocation.console), body)
    }
  }

  package func run(
    arguments: [String], in environment: RunEnvironment, _ body: (Run) throws -> Void
  ) -> Int32 {
    program.run(arguments: arguments, console: environment.console) { invocation in
      try execute(invocation, in: environment, body)
    }
  }

  private func execute(
    _ invocation: Invocation, in environment: RunEnvironment, _ body: (Run) throws -> Void
  ) throws {
    guard let processes = environment.processes else {
      return try execute(Run(self, invocation.values, in: environment), body)
    }
    try processes.checkAgreement(
      on: "the sources", environment.sources.sha256 ?? environment.executableSHA256)
    try Parallel.$communicator.withValue(processes.communicator) {
      do {
        try execute(
          Run(self, invocation.values, in: processes.environment(environment)), body)
      } catch let interruption as Interruption {
        // All processes have ended after the same step.
        processes.end()
        throw interruption
      }
    }
    processes.end()
  }

  private func execute(_ run: Run, _ body: (Run) throws -> Void) throws {
    defer { run.cleanUp() }
    try Parallel.$threads.withValue(run.threads) {
      try body(run)
      try run.writeResults()
    }
  }

  /// The preset that runs when `preset` is chosen.
  func resolve(_ preset: Preset) -> Preset {
    presets.first { $0.preset == preset }?.runs ?? preset
  }
}

private let firstSeeds = 0...1_000_000_000
private let seedCounts = 1...1000

/// The seeds that a run can have.
package let validSeeds =
  firstSeeds.lowerBound...firstSeeds.upperBound + seedCounts.upperBound - 1

/// The options that all chapters share.
package struct CommonOptions: Sendable {
  let preset: CommandLineOption<Preset>
  let seed = CommandLineOption(
    "seed", .wholeNumber(in: firstSeeds), default: 0, "the first seed")
  let seeds = CommandLineOption(
    "seeds", .wholeNumber(in: seedCounts), default: 1,
    "number of seeds; results are mean and standard deviation")
  let data = CommandLineOption(
    "data", .existingDirectory, "directory of the data sets (default data; make data fills it)"
  ).withoutEffectOnResults()
  let synthetic = CommandLineOption(
    flag: "synthetic", "use generated data in place of the data sets; the results mean nothing")
  let out = CommandLineOption(
    "out", .directory,
    "directory of the results (default figures, for smoke figures/smoke; with other options of the "
      + "chapter a folder of their own in it)"
  ).withoutEffectOnResults()
  let threads = CommandLineOption(
    "threads", .wholeNumber(in: 1...1024),
    "number of threads (default all cores); results do not depend on it"
  ).withoutEffectOnResults()
  let saveEvery = CommandLineOption(
    "save-every", .number("a number of seconds above 0") { $0 > 0 },
    "seconds between two checkpoints of a training run (default 180)"
  ).withoutEffectOnResults()

  init(presets: [Preset]) {
    preset = CommandLineOption("preset", .oneOf(presets), default: .short, "the scale")
  }

  var all: [any DeclaredOption] { [preset, seed, seeds, data, synthetic, out, threads, saveEvery] }
}
