import Foundation

/// The rules for the values in a record.
///
/// A record that was changed by accident fails its checksum. These rules find invalid values in records
/// with a correct checksum, written by another version, by hand or by a faulty program.
extension RunRecord: Validated {
  package func validate() throws {
    try checkOrigin(commit: commit, date: date, threads: threads)
    try checkSeconds(wallSeconds, "wallSeconds")
    try InvalidValue.unless(!seeds.isEmpty || sources != nil, "no seed")
    try InvalidValue.unless(
      seeds.allSatisfy(validSeeds.contains) && zip(seeds, seeds.dropFirst()).allSatisfy(<),
      "the seeds \(seeds)")
    for (name, metric) in metrics {
      try metric.validate(name)
      try InvalidValue.unless(
        metric.seeds.map { isSelection($0, of: seeds) && $0.count == metric.n } ?? true,
        "the metric \(name) of \(metric.n) runs with the seeds \(metric.seeds ?? [])")
      // A metric can have more values than the run has seeds, such as one of repetitions in each seed; then it has all
      // of them.
      try InvalidValue.unless(
        metric.n <= seeds.count || metric.values != nil || sources != nil,
        "the metric \(name) of \(metric.n) runs with the seeds \(seeds)")
    }
    for stage in stages { try stage.validate() }
    for file in files { try file.validate() }
  }
}

extension Metric {
  fileprivate func validate(_ name: String) throws {
    try InvalidValue.unless(isPlausible(mean), "the metric \(name) with the mean \(mean)")
    try InvalidValue.unless(
      sd.map { $0 >= 0 && isPlausible($0) } ?? true,
      "the metric \(name) with the deviation \(sd ?? 0)")
    try InvalidValue.unless(n >= 1, "the metric \(name) of \(n) runs")
    try InvalidValue.unless(
      (sd == nil) == (n == 1),
      "the metric \(name) of \(n) \(n == 1 ? "run with a" : "runs without a") deviation")
    guard let values else { return }
    let difference = values.reduce(0, +) / Double(max(1, values.count)) - mean
    try InvalidValue.unless(
      values.count == n && abs(difference) <= 1e-9 * max(1, abs(mean)),
      "the metric \(name) with other values than its mean and its number of seeds")
    let deviation = Metric(of: values).sd
    try InvalidValue.unless(
      (deviation == nil) == (sd == nil)
        && abs((deviation ?? 0) - (sd ?? 0)) <= 1e-9 * max(1, sd ?? 0),
      "the metric \(name) with other values than its deviation")
  }
}

extension StageRecord: Validated {
  package func validate() throws {
    try checkOrigin(commit: commit, date: date, threads: threads)
    try checkSeconds(seconds, "seconds")
    try cpuSeconds.map { try checkSeconds($0, "processor seconds") }
    try InvalidValue.unless(!name.isEmpty, "a stage without a name")
  }
}

extension FileRecord {
  fileprivate func validate() throws {
    try InvalidValue.unless(isRelativePath(path), "the path \"\(path)\"")
    guard let figure else { return }
    try InvalidValue.unless(
      figure.script.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]*/) != nil,
      "the script \"\(figure.script)\"")
    try InvalidValue.unless(figure.picture == path, "the picture \"\(figure.picture)\"")
    for name in figure.data {
      try InvalidValue.unless(isRelativePath(name), "the data file \"\(name)\"")
    }
    for name in figure.variables.keys {
      try InvalidValue.unless(
        name.wholeMatch(of: /[A-Za-z][A-Za-z0-9]*/) != nil, "the variable \"\(name)\"")
    }
  }
}

/// The checks that a run and each of its stages share.
private func checkOrigin(commit: String, date: String, threads: Int) throws {
  try InvalidValue.unless(
    commit == "unknown" || commit.wholeMatch(of: /[0-9a-f]{7,64}/) != nil,
    "the commit \"\(commit)\"")
  try InvalidValue.unless(
    (try? Date(date, strategy: .iso8601)) != nil, "the date \"\(date)\"")
  try InvalidValue.unless((1...1024).contains(threads), "\(threads) threads")
}

/// Accepts durations of up to three centuries.
private func checkSeconds(_ seconds: Double, _ name: String) throws {
  try InvalidValue.unless((0...1e10).contains(seconds), "\(name) of \(seconds)")
}

/// Whether `selected` are different ones of `seeds`, in their order.
private func isSelection(_ selected: [Int], of seeds: [Int]) -> Bool {
  seeds.filter(Set(selected).contains) == selected
}

private func isPlausible(_ value: Double) -> Bool { abs(value) <= 1e15 }

/// Whether a path is relative and contains no "..".
private func isRelativePath(_ path: String) -> Bool {
  !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
}
