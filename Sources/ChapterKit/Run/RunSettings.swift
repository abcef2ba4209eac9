import Engine
import Foundation

/// The settings that every chapter has: scale, seeds, threads and folders.
struct RunSettings {
  /// The scale, with aliases resolved.
  let preset: Preset
  /// The seeds, one after the other.
  let seeds: [Int]
  let threads: Int
  /// The folder of the data sets.
  let data: URL
  /// Whether synthetic data were requested.
  let usesSyntheticData: Bool
  /// The folder of the results.
  var out: URL
  /// The options that make results different from those of the default command, with their arguments;
  /// without the seeds.
  let changed: [String: String]
  /// The values of all options, the chapter's own included.
  let options: OptionValues
  /// All options that were given and do not have their default value, with their arguments.
  let given: [(option: OptionDeclaration, argument: String)]
  /// Whether the run writes a record, pictures and tables.
  var writesRecord: Bool { !given.contains { $0.option.preventsRecord } }

  init(_ chapter: Chapter, _ options: OptionValues, root: URL) throws {
    guard root.appending(path: "figures").isExistingDirectory else {
      throw Failure(
        "figures: found no such directory in \(root.shortPath), expected the gnuplot scripts; run "
          + "from the root of the package")
    }
    let common = chapter.common
    let firstSeed = options[common.seed]
    preset = chapter.resolve(options[common.preset])
    seeds = Array(firstSeed..<firstSeed + options[common.seeds])
    threads = options[common.threads] ?? max(1, Parallel.threads / Processes.countOnThisMachine)
    data = options[common.data] ?? root.appending(path: "data")
    usesSyntheticData = options[common.synthetic]
    let own = Dictionary(
      uniqueKeysWithValues: options.changed(chapter.options).filter { $0.option.changesResults }
        .map { ($0.option.name, $0.argument) })
    var changed = own
    if preset != chapter.resolve(common.preset.defaultValue) {
      changed[common.preset.declaration.name] = preset.rawValue
    }
    if usesSyntheticData { changed[common.synthetic.declaration.name] = "1" }
    self.changed = changed
    let standardOut = preset == .smoke ? "figures/smoke" : "figures"
    out =
      options[common.out]
      ?? root.appending(path: standardOut + folder(of: chapter.name.program, with: own))
    self.options = options
    given = options.changed(common.all.map(\.declaration) + chapter.options)
  }
}

/// The folder in OUT of a run with other options than the default ones, so that it does not replace the
/// default run: "/variants/chapter2-alpha-0.2"; empty without options.
private func folder(of program: String, with options: [String: String]) -> String {
  guard !options.isEmpty else { return "" }
  let parts = options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
  return "/variants/" + fileNamePart(of: ([program] + parts).joined(separator: "-"))
}
