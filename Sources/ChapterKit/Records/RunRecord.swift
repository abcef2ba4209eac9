import Datasets
import Engine
import Foundation

/// What a chapter found and what it was measured on: the content of OUT/chapterN.json.
public struct RunRecord: Codable, Equatable, Sendable {
  /// Which chapter it is.
  public var chapter: ChapterName
  /// The chapter's title.
  public var title: String
  /// The scale of the run.
  public var preset: Preset
  /// The seeds over which the metrics are taken; none for a table about other records.
  public var seeds: [Int]
  /// The chapter's settings.
  public var settings: JSONValue
  /// The data set, where the chapter has one.
  @NullWhenNil public var dataset: DatasetIdentity?
  /// The commit of the sources that computed the newest result, or "unknown".
  public var commit: String
  /// Whether those sources were changed since that commit; `nil` where that is unknown.
  @NullWhenNil public var dirty: Bool?
  /// When the newest result was computed, in ISO 8601.
  public var date: String
  /// How many threads computed it.
  public var threads: Int
  /// Which kernels OpenBLAS had there. Results do not depend on them; they tell the processor.
  public var blasCore: String
  /// Seconds that the stages took when they were computed, in all.
  public var wallSeconds: Double
  /// What was measured, by name.
  public var metrics: [String: Metric]
  /// The units of work.
  public var stages: [StageRecord]
  /// For each training of a chapter that shares none, by the stage's name, fingerprints of the
  /// weights after 1, 10, 100 … steps and at the end; `nil` without such trainings, and in records
  /// from before they were taken.
  public var fingerprints: [String: WeightFingerprints]?
  /// What was written.
  public var files: [FileRecord]
  /// For a table about other records, a few words on each of them.
  public var sources: [String]?

  /// Reads the record of a chapter.
  ///
  /// - Returns: `nil` where there is none.
  /// - Throws: An error that names the file where it is no record, or was changed or damaged since it
  ///   was written.
  public static func load(chapter: ChapterName, from directory: URL) throws -> RunRecord? {
    try SealedJSON.load(
      RunRecord.self, from: directory.appending(path: fileName(chapter: chapter)),
      expecting: "the record of a run", remedy: "remove it, or run make \(chapter.program)")
  }

  package static func fileName(chapter: ChapterName) -> String { "\(chapter.program).json" }

  /// The record as it is written.
  package func encoded() throws -> Data { try SealedJSON.encode(self) }
}

/// Which data a run used.
public struct DatasetIdentity: Codable, Equatable, Sendable {
  /// What people call the data set.
  public var name: String
  /// The hash of its content.
  public var sha256: String
  /// Whether it was drawn by code.
  public var synthetic: Bool

  package init(name: String, sha256: String, synthetic: Bool) {
    self.name = name
    self.sha256 = sha256
    self.synthetic = synthetic
  }

  init(_ dataset: ImageDataset) {
    self.init(name: dataset.name, sha256: dataset.sha256, synthetic: dataset.isSynthetic)
  }
}

/// A quantity measured once for each seed.
public struct Metric: Codable, Equatable, Sendable {
  /// The mean over the runs.
  public var mean: Double
  /// The standard deviation over the runs (with n − 1); `nil` for a single run.
  @NullWhenNil public var sd: Double?
  /// How many runs there were.
  public var n: Int

  /// Mean and standard deviation of `values`, one a run.
  public init(of values: [Double]) {
    require(!values.isEmpty, "A metric needs at least one value.")
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    self.mean = mean
    self.n = values.count
    self.sd = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }
}

/// Where a stage's result came from.
public struct StageRecord: Codable, Equatable, Sendable {
  /// The stage's name.
  public var name: String
  /// The hash of all that the result depends on.
  public var key: String
  /// The commit of the sources that computed it, or "unknown".
  public var commit: String
  /// Whether those sources were changed since that commit; `nil` where that is unknown.
  @NullWhenNil public var dirty: Bool?
  /// When it was done, in ISO 8601.
  public var date: String
  /// How many threads computed it.
  public var threads: Int
  /// Which kernels OpenBLAS had there. Results do not depend on them; they tell the processor.
  public var blasCore: String
  /// How long it took.
  public var seconds: Double
}

/// A file that a run wrote.
public struct FileRecord: Codable, Equatable, Sendable {
  /// What a file is.
  public enum Kind: String, Codable, Sendable {
    /// A table for gnuplot.
    case data
    /// The same with the pixels of images, which need not be kept where the picture is.
    case pixels
    /// A picture.
    case figure
    /// A table for people, in Markdown.
    case table
  }

  /// Where it is, relative to OUT.
  public var path: String
  /// What it is.
  public var kind: Kind
  /// The hash of its content.
  public var sha256: String
  /// For a figure, the hash of all that it was drawn from.
  @NullWhenNil public var drawnFrom: String?
  /// For a figure, the gnuplot that drew it: another one may draw other bytes.
  public var drawnBy: String?
  /// For a figure, how to draw it again.
  public var figure: Figure?
}
