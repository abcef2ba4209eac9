import Engine
import Files
import Foundation

// What a chapter records, writes and reports.

extension Run {
  /// Records the chapter's settings.
  public func record(settings: some Encodable) throws {
    try recordedValues.record(settings: settings)
  }

  /// Records that options which usually have no effect on results had one: they become a part of the command that
  /// makes these results. Options that were not given are ignored.
  package func record(effectOf options: [OptionDeclaration]) {
    for (option, argument) in settings.given
    where options.contains(where: { $0.name == option.name }) {
      recordedValues.record(effectOf: option.name, argument)
    }
  }

  /// Records a metric with one value for each seed, or a single value.
  public func record(metric name: String, values: [some BinaryFloatingPoint]) {
    recordedValues.record(metric: name, values: values.map { Double($0) })
  }

  /// Records a metric that was measured with some seeds of the run: a value for each of them, in their order.
  public func record(
    metric name: String, values: [some BinaryFloatingPoint], ofSeeds measured: [Int]
  ) {
    recordedValues.record(
      metric: name, values: values.map { Double($0) }, ofSeeds: measured == seeds ? nil : measured)
  }

  /// Records the fingerprints of the weights during the training in the stage `name`.
  public func record(_ fingerprints: WeightFingerprints, ofStage name: String) {
    require(
      stages.record(of: name) != nil, "The run has no stage \(name) for these fingerprints.")
    recordedValues.record(fingerprints, ofStage: name)
  }

  /// The folder `path` in OUT, for files that are not results, such as a cache.
  public func directory(_ path: String) -> URL { output.file(path) }

  /// Writes a line to standard error.
  public func note(_ line: String) { console.note(line) }

  /// Writes the content of a file of weights into OUT as `name`.
  public func write(weights: Data, to name: String) { files.add(weights: weights, name: name) }

  /// Writes a data file into OUT/data.
  public func write(_ file: DataFile) { files.add(file) }

  /// Writes a table as a data file into OUT/data and as Markdown into OUT/NAME.md; with `asPicture` also
  /// draws it with figures/table.gp as OUT/NAME.svg.
  public func write(_ table: TextTable, asPicture: Bool = false) {
    files.add(table, asPicture: asPicture)
  }

  /// Draws figures/`script`.gp with gnuplot into the file `picture` of OUT.
  ///
  /// - Parameters:
  ///   - script: The script's name. The script can use the variables `data`, `out`, `stamp` and
  ///     `watermark`.
  ///   - picture: The picture's file name.
  ///   - data: The names of the data files that the script reads, of this chapter or of an earlier one.
  ///   - variables: More variables for the script, all of them strings.
  public func draw(
    _ script: String, into picture: String, data: [String], variables: [String: String] = [:]
  ) {
    files.add(Figure(script: script, picture: picture, data: data, variables: variables))
  }

  /// Prints rows of a table at the end: metrics beside the article's numbers.
  public func report(_ comparisons: [Comparison]) { self.comparisons += comparisons }
}
