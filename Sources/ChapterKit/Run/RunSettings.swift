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
  let out: URL
  /// The values of all options, the chapter's own included.
  let options: OptionValues

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
    threads = options[common.threads] ?? Parallel.threads
    data = options[common.data] ?? root.appending(path: "data")
    usesSyntheticData = options[common.synthetic]
    let standardOut = preset == .smoke ? "figures/smoke" : "figures"
    out = options[common.out] ?? root.appending(path: standardOut)
    self.options = options
  }
}
