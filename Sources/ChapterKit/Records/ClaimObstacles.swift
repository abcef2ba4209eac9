extension RunRecord {
  /// The first reason why the run tells nothing about `dataset` with the settings of its preset, in words; nil if there
  /// is none.
  ///
  /// - Parameter dataset: The data set of a claim. Files with other bytes in its format count as the data set, such as
  ///   "CIFAR-10, not the original bytes".
  public func obstacle(toClaimAbout dataset: DatasetSource) -> String? {
    let found = self.dataset?.name ?? "no data set"
    guard found == dataset.name || found.hasPrefix("\(dataset.name), ") else {
      return "\(chapter.displayName) was run on \(found), not on \(dataset.name)"
    }
    // The preset has its own rule, synthetic data their own warning, and recorded training runs their own settings.
    let changed = ownOptions.keys.sorted()
    guard !changed.isEmpty else { return nil }
    let names = changed.map { "--\($0)" }.joined(separator: ", ")
    return "\(chapter.displayName) was run with \(names)"
  }

  /// The first reason why numbers of this run and of `other` cannot be compared, in words; nil if there is none.
  public func obstacle(toComparisonWith other: RunRecord) -> String? {
    func words(_ a: String, _ b: String) -> String {
      "\(chapter.displayName) was run \(a), \(other.chapter.displayName) \(b)"
    }
    if preset != other.preset {
      return words(
        "with the preset \(preset.rawValue)", "with the preset \(other.preset.rawValue)")
    }
    guard dataset?.sha256 != other.dataset?.sha256 else { return nil }
    func name(_ dataset: DatasetIdentity?) -> String {
      dataset.map { "on \($0.shortName)" } ?? "without a data set"
    }
    return words(name(dataset), name(other.dataset))
  }
}
