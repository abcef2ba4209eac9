extension RunRecord {
  /// The command that makes these results, with every option that is not a default: "make chapter2
  /// ALPHA=0.2 SEEDS=3".
  package var command: String {
    (["make \(chapter.program)"] + commandSettings.map { "\($0.name)=\(shellWord($0.value))" })
      .joined(separator: " ")
  }

  /// The settings of the ``command``: make variables with their values.
  package var commandSettings: [(name: String, value: String)] {
    let (first, last) = (seeds.first ?? 0, seeds.last ?? 0)
    // Of recorded runs some seeds may be missing.
    let ofSeeds = [
      first == 0 ? nil : (name: "SEED", value: "\(first)"),
      last == first ? nil : (name: "SEEDS", value: "\(last - first + 1)"),
    ].compactMap { $0 }
    // Older records lack the options. A table about other records has no preset of its own, except for
    // smoke runs, which have their own directory.
    let isDefault = preset == .short || (sources != nil && preset != .smoke)
    let changed = options ?? (isDefault ? [:] : ["preset": preset.rawValue])
    let settings = changed.map {
      (name: $0.key.uppercased().replacing("-", with: "_"), value: $0.value)
    }
    .sorted { ($0.name == "PRESET" ? "" : $0.name) < ($1.name == "PRESET" ? "" : $1.name) }
    return settings + ofSeeds
  }

  /// The options that were given, without the preset and those that say where data and training runs come from.
  package var ownOptions: [String: String] {
    let others: Set = ["preset", "synthetic", "recorded", "only-recorded"]
    return (options ?? [:]).filter { !others.contains($0.key) }
  }
}

/// `text` as one word of a shell, in quotes if it needs them.
package func shellWord(_ text: String) -> String {
  text.wholeMatch(of: /[\w.,:\/+-]+/) != nil
    ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
