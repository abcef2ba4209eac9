import Datasets
import Files
import Foundation

/// The records of several chapters in a directory.
public struct Records {
  private let output: OutputDirectory
  private let records: [ChapterName: RunRecord]

  /// Reads the records in a directory.
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - chapters: The chapters whose records are read, if they exist; by default, all chapters.
  ///   - allowingNone: Whether the directory may contain none of these records.
  /// - Throws: An error in one line if a record is damaged, or if there is none and `allowingNone` is
  ///   false.
  public init(
    in directory: URL, of chapters: Set<ChapterName>? = nil, allowingNone: Bool = false
  ) throws {
    let output = OutputDirectory(directory)
    let wanted =
      try chapters
      ?? Set(
        output.names(in: ".").filter { $0.hasSuffix(".json") && !benchmarkFiles.contains($0) }
          .map { ChapterName(program: String($0.dropLast(5))) })
    records = try wanted.reduce(into: [:]) { records, chapter in
      guard let record = try RunRecord.load(chapter: chapter, from: directory) else { return }
      guard record.chapter == chapter else {
        throw Failure(
          "\(output.file(RunRecord.fileName(chapter: chapter)).shortPath): found the record of "
            + "\(record.chapter.program), expected that of \(chapter.program); rename or remove it")
      }
      records[chapter] = record
    }
    guard allowingNone || !records.isEmpty else {
      throw Failure(
        "\(directory.shortPath): found no record of a run, expected at least one; run a chapter first"
      )
    }
    self.output = output
  }

  /// The record of a chapter, if there is one.
  public subscript(chapter: ChapterName) -> RunRecord? { records[chapter] }

  /// All records, ordered by the names of their programs.
  package var all: [RunRecord] {
    records.values.sorted { $0.chapter.program < $1.chapter.program }
  }

  /// Whether there is no record.
  public var isEmpty: Bool { records.isEmpty }

  /// The path of the directory, relative to the current directory if possible.
  public var path: String { output.url.shortPath }

  /// Writes a table about the records of `chapters` as OUT/`name`.md and OUT/data/`name`.tsv, with a
  /// record of its own that names them.
  ///
  /// - Throws: An error in one line if there is none of these records, or a file cannot be written.
  public func write(_ table: TextTable, about chapters: Set<ChapterName>, as chapter: ChapterName)
    throws
  {
    let sources = all.filter { chapters.contains($0.chapter) }
    // A record with a warning decides: then the whole table has the warning.
    let decisive = sources.first { $0.warning != nil } ?? sources.max { $0.date < $1.date }
    guard var record = decisive else {
      let programs = chapters.map(\.program).sorted().joined(separator: ", ")
      throw Failure("\(path): found no record of \(programs), expected at least one of them")
    }
    record.chapter = chapter
    record.title = table.title
    record.sources = sources.map(\.sourceDescription)
    (record.settings, record.metrics, record.stages, record.seeds) = (.object([:]), [:], [], [])
    record.options = record.preset == .smoke ? ["preset": record.preset.rawValue] : [:]
    record.fingerprints = nil
    // Several data sets have no common identity.
    if record.warning == nil, Set(sources.compactMap(\.dataset?.sha256)).count > 1 {
      record.dataset = nil
    }
    let created = try output.prepare(subdirectories: ["data"])
    defer { removeFoldersIfEmpty(created) }
    let files = [table.dataFile.complete(for: record), table.complete(for: record)]
    record.files = files.map(\.record)
    try output.write(
      files.map { ($0.record.path, $0.content) }
        + [(RunRecord.fileName(chapter: chapter), record.encoded())])
  }
}

/// The records of `make bench`, of all benchmarks and of a part of them; they are not records of runs.
let benchmarkFiles: Set = ["bench.json", "bench-partial.json"]
