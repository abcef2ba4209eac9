import Datasets
import Engine
import Files
import Foundation

/// The record of a chapter's run, OUT/chapterN.json: metrics, settings, data and origin.
public struct RunRecord: Codable, Equatable, Sendable {
  /// The chapter.
  public var chapter: ChapterName
  /// The chapter's title.
  public var title: String
  /// The scale of the run.
  public var preset: Preset
  /// The seeds of the run; empty for a table about other records.
  public var seeds: [Int]
  /// The options, apart from the seeds, that made this run different from the default one: their
  /// arguments by name. Nil in older records.
  public var options: [String: String]?
  /// The chapter's settings.
  public var settings: JSONValue
  /// The data set; nil for a run without one.
  @NullWhenNil public var dataset: DatasetIdentity?
  /// The commit of the sources that computed the newest stage, or "unknown".
  public var commit: String
  /// Whether these sources had uncommitted changes; nil if that is unknown.
  @NullWhenNil public var dirty: Bool?
  /// The SHA-256 of the sources that computed the newest stage, which identifies them without git too;
  /// nil in older records.
  public var sourceSHA256: String?
  /// The date at which the newest stage was computed, in ISO 8601.
  public var date: String
  /// The number of threads that computed it; results do not depend on it.
  public var threads: Int
  /// The kernels that OpenBLAS chose for the processor; results do not depend on them.
  public var blasCore: String
  /// The computer and software that computed the newest stage; nil in older records.
  public var environment: ComputingEnvironment?
  /// The total computing time of all stages, in seconds.
  public var wallSeconds: Double
  /// The metrics by name.
  public var metrics: [String: Metric]
  /// The stages in their order.
  public var stages: [StageRecord]
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end, by the training run's stage.
  ///
  /// Nil for chapters whose training runs are recorded in files of their own, and in older records.
  public var fingerprints: [String: WeightFingerprints]?
  /// The files that the run wrote.
  public var files: [FileRecord]
  /// A short description of each source, for a table about other records.
  public var sources: [String]?

  /// Reads the record of a chapter.
  ///
  /// - Returns: The record; nil if there is no file.
  /// - Throws: An error that names the file if it is damaged, was changed, or is not a record.
  public static func load(chapter: ChapterName, from directory: URL) throws -> RunRecord? {
    try SealedJSON.load(
      RunRecord.self, from: directory.appending(path: fileName(chapter: chapter)),
      expecting: "the record of a run",
      remedy: "move it away if it is another file, or run make \(chapter.program)")
  }

  package static func fileName(chapter: ChapterName) -> String { "\(chapter.program).json" }

  /// A metric with the seeds of its values, as far as the record names them; nil if there is no such metric.
  ///
  /// ``Metric/seeds`` is nil for a single value of a run with several seeds, and in older records for a metric that was
  /// not measured with all seeds. Values that are not those of seeds, but as many, are taken for them.
  public func metric(_ name: String) -> Metric? {
    guard var metric = metrics[name] else { return nil }
    if metric.seeds == nil, metric.n == seeds.count { metric.seeds = seeds }
    return metric
  }

  /// The content of a file that the run wrote into `directory`; nil if it does not exist.
  ///
  /// - Throws: A ``Failure`` that names the file if the record does not list it, or if its content is not the recorded
  ///   one.
  package func content(of path: String, in directory: URL) throws -> Data? {
    let file = directory.appending(path: path)
    let program = chapter.program
    guard let content = try readFileIfPresent(at: file) else { return nil }
    guard let listed = files.first(where: { $0.path == path }) else {
      throw Failure(
        "\(file.shortPath): found a file that \(program).json does not list, expected one that this run wrote; run "
          + "make \(program) again")
    }
    guard listed.sha256 == sha256Hex(content) else {
      throw Failure(
        "\(file.shortPath): found a file that was changed or damaged since it was written, expected "
          + "the content recorded in \(program).json; run make \(program) again")
    }
    return content
  }

  /// The content of the record's file.
  package func encoded() throws -> Data { try SealedJSON.encode(self) }
}

/// The identity of a data set: its name and the hash of its content.
public struct DatasetIdentity: Codable, Equatable, Sendable {
  /// The name of the data set.
  public var name: String
  /// The SHA-256 of its content.
  public var sha256: String
  /// Whether code generated it.
  public var synthetic: Bool

  /// The name with the beginning of the hash: "MNIST ba891046".
  package var shortName: String { "\(name) \(sha256.prefix(8))" }

  package init(name: String, sha256: String, synthetic: Bool) {
    self.name = name
    self.sha256 = sha256
    self.synthetic = synthetic
  }

  init(_ dataset: ImageDataset) {
    self.init(name: dataset.name, sha256: dataset.sha256, synthetic: dataset.isSynthetic)
  }
}

/// The mean and standard deviation of a quantity over the seeds.
public struct Metric: Codable, Equatable, Sendable {
  /// The mean over the seeds.
  public var mean: Double
  /// The sample standard deviation over the seeds (divided by n − 1); nil for a single seed.
  @NullWhenNil public var sd: Double?
  /// The number of seeds.
  public var n: Int
  /// The value of each seed, in the order of the seeds; nil for a single seed and in older records.
  public var values: [Double]?
  /// The seeds of the values, in their order; nil in a record where they are all seeds of the run, where the values are
  /// not those of seeds, and in older records.
  public var seeds: [Int]?

  /// Mean and standard deviation of `values`, one for each seed; at least one.
  ///
  /// - Parameters:
  ///   - values: The values.
  ///   - seeds: The seeds of the values, in their order; nil if they are not stored.
  public init(of values: [Double], seeds: [Int]? = nil) {
    require(!values.isEmpty, "A metric needs at least one value.")
    require(
      seeds.map { $0.count == values.count } ?? true,
      "A metric needs a value for each of its seeds.")
    self.seeds = seeds
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    self.mean = mean
    self.n = values.count
    self.values = values.count > 1 ? values : nil
    self.sd = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }

  /// The values by their seeds; nil if the seeds or the values are not known.
  public var valuesBySeed: [Int: Double]? {
    guard let seeds, let values = values ?? (n == 1 ? [mean] : nil), seeds.count == values.count
    else { return nil }
    return Dictionary(zip(seeds, values)) { first, _ in first }
  }

  /// Whether another metric has the same mean, deviation and values, of the same seeds, as far as both are known: older
  /// records lack values and seeds.
  package func hasSameNumbers(as other: Metric) -> Bool {
    func areEqual<Value: Equatable>(_ a: Value?, _ b: Value?) -> Bool {
      a == nil || b == nil || a == b
    }
    return (mean, sd, n) == (other.mean, other.sd, other.n) && areEqual(values, other.values)
      && areEqual(seeds, other.seeds)
  }
}

/// The origin of a stage's result.
public struct StageRecord: Codable, Equatable, Sendable {
  /// The name of the stage.
  public var name: String
  /// The hash of everything that the result depends on.
  public var key: String
  /// The commit of the sources that computed it, or "unknown".
  public var commit: String
  /// Whether these sources had uncommitted changes; nil if that is unknown.
  @NullWhenNil public var dirty: Bool?
  /// The SHA-256 of these sources; nil in older records.
  public var sourceSHA256: String?
  /// The date at which it was finished, in ISO 8601.
  public var date: String
  /// The number of threads that computed it; the result does not depend on it.
  public var threads: Int
  /// The kernels that OpenBLAS chose for the processor; the result does not depend on them.
  public var blasCore: String
  /// The computer and software that computed it; nil in older records.
  public var environment: ComputingEnvironment?
  /// The data exchange of the processes that computed it together; nil for one process.
  public var exchange: ExchangeRecord?
  /// The computing time in seconds.
  public var seconds: Double
  /// The processor time in seconds, summed over the threads, on which other programs of the computer have little
  /// influence; nil in older records, and for several processes.
  public var cpuSeconds: Double?
  /// Whether it was computed on a data set that code generated; nil where it was not, and in older records.
  public var synthetic: Bool?
}

/// The data exchange of several processes during a stage, measured by rank 0.
public struct ExchangeRecord: Codable, Equatable, Sendable {
  /// The number of processes.
  public var processes: Int
  /// The number of bytes that rank 0 sent and received, since the stage was last resumed.
  public var bytes: Int
  /// The seconds that this took, including the time for which rank 0 waited.
  public var seconds: Double
}

/// The record of a file that a run wrote.
public struct FileRecord: Codable, Equatable, Sendable {
  /// The kind of a file.
  public enum Kind: String, Codable, Sendable {
    /// A table for gnuplot.
    case data
    /// A data file with the pixels of a picture; it need not be recorded beside the picture.
    case pixels
    /// A picture.
    case figure
    /// A table in Markdown.
    case table
    /// The weights of a network; they need not be recorded.
    case weights

    /// Whether a file of this kind belongs to what is recorded in a repository, and its absence is an
    /// error.
    package var isAlwaysRecorded: Bool { self != .pixels && self != .weights }
  }

  /// The path relative to OUT.
  public var path: String
  /// The kind of the file.
  public var kind: Kind
  /// The SHA-256 of its content.
  public var sha256: String
  /// The hash of a figure's script, data and variables; nil for other files.
  @NullWhenNil public var drawnFrom: String?
  /// The version of gnuplot that drew a figure; other versions may draw other bytes.
  public var drawnBy: String?
  /// A figure's script, data and variables, to draw it again.
  public var figure: Figure?
}
