extension RunRecord {
  /// One line that says where a picture comes from: "chapter 3 · article · seed 0 · MNIST ba891046
  /// · commit 1a2b3c4 · 2 threads SkylakeX · 231 s", with a warning in front where the numbers mean
  /// nothing.
  ///
  /// A table about other records names those: "claims · chapter 3: article, 2026-11-24, commit
  /// 1a2b3c4, MNIST".
  public var stamp: String {
    let facts =
      sources
      ?? [
        preset.rawValue, seedText, dataset.map { "\($0.name) \($0.sha256.prefix(8))" }, commitText,
        "\(threads) \(threads == 1 ? "thread" : "threads") \(blasCore)", durationText(wallSeconds),
      ].compactMap { $0 }
    return ([warning, chapter.spoken].compactMap { $0 } + facts).joined(separator: " · ")
  }

  /// In a few words, which run it was: "short, 2026-11-24, commit 1a2b3c4".
  public var origin: String { "\(preset.rawValue), \(date.prefix(10)), \(commitText)" }

  /// In a few words, what another record's table took from this one: "chapter 3: article,
  /// 2026-11-24, commit 1a2b3c4, MNIST".
  var asSource: String {
    "\(chapter.spoken): \(origin)" + (dataset.map { ", \($0.name)" } ?? "")
  }

  /// Why the numbers mean nothing, "SMOKE RUN" or "SYNTHETIC DIGITS" or both; `nil` where they do
  /// mean something.
  public var warning: String? {
    let reasons = [
      preset == .smoke ? "SMOKE RUN" : nil,
      dataset.flatMap { $0.synthetic ? $0.name.uppercased() : nil },
    ].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: " · ")
  }

  /// The first line of a data file: which program wrote it, from what.
  var dataFileComment: String {
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

  private var commitText: String { "commit \(commit.prefix(7))\(dirty == true ? " dirty" : "")" }
}
