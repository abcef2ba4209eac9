extension RunRecord {
  /// The origin of the results in one line, for pictures and tables.
  ///
  /// An example is "chapter 3 · preset article · seed 0 · MNIST ba891046 · commit 1a2b3c4 · 2 threads, AMD EPYC ·
  /// 231 s", with a warning in front if the numbers mean nothing. A table about other records names
  /// them: "claims · chapter 3: preset article, 2026-11-24, commit 1a2b3c4, MNIST".
  public var stamp: String {
    let facts =
      sources
      ?? [
        "preset \(preset.rawValue)", seedText, dataset?.shortName,
        commitText,
        "\(threads) \(threads == 1 ? "thread" : "threads"), \(processorText)",
        durationText(wallSeconds),
      ].compactMap { $0 }
    return ([warning, chapter.displayName].compactMap { $0 } + facts).joined(separator: " · ")
  }

  /// The preset, date and commit of the run: "preset short, 2026-11-24, commit 1a2b3c4".
  public var origin: String { "preset \(preset.rawValue), \(date.prefix(10)), \(commitText)" }

  /// The description of this record in a table about several: "chapter 3: preset article, 2026-11-24,
  /// commit 1a2b3c4, MNIST".
  var sourceDescription: String {
    "\(chapter.displayName): \(origin)" + (dataset.map { ", \($0.name)" } ?? "")
  }

  /// A warning that the numbers mean nothing, "SMOKE RUN", "SYNTHETIC DIGITS" or both; nil if they are
  /// meaningful.
  public var warning: String? {
    let reasons = [
      preset == .smoke ? "SMOKE RUN" : nil,
      dataset.flatMap { $0.synthetic ? $0.name.uppercased() : nil },
    ].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: " · ")
  }

  /// The first line of a data file: program, commit, seeds, preset and data set.
  package var dataFileComment: String {
    if let sources { return "generator: \(chapter.program); \(sources.joined(separator: "; "))" }
    let data = dataset.map { "\($0.name) sha256 \($0.sha256)" } ?? "none"
    return "generator: \(chapter.program); \(commitText); \(seedText); preset \(preset.rawValue); "
      + "data: \(data)"
  }

  private var seedText: String {
    let (first, last) = (seeds[0], seeds[seeds.count - 1])
    if seeds.count == 1 { return "seed \(first)" }
    return seeds.count == last - first + 1
      ? "seeds \(first)–\(last)" : "seeds \(seeds.map(String.init).joined(separator: ", "))"
  }

  /// The commit, or where it is unknown, the hash of the sources.
  package var commitText: String {
    if commit == "unknown", let sourceSHA256 { return "sources \(sourceSHA256.prefix(8))" }
    return "commit \(commit.prefix(7))\(dirty == true ? " dirty" : "")"
  }

  /// The processor, or in older records the kernels that OpenBLAS chose for it.
  package var processorText: String {
    environment?.processor ?? "OpenBLAS kernels \(blasCore)"
  }
}
