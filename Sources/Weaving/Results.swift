import ChapterKit
import Datasets
import Files
import Foundation

/// The records of runs that an article may speak of.
///
/// A chapter's own is the one in OUT; where there is none, the one that is kept in the repository.
package struct Results {
  /// A chapter's record, and the directory that it and its pictures lie in.
  package struct Found {
    package let record: RunRecord
    let directory: URL
    /// The directory's path in the repository where the record is one that is kept there.
    let keptIn: String?
    let program: String
  }

  private let found: [String: [Found]]

  /// Reads the records of `programs` in `out`, and in `kept` below `root`.
  ///
  /// - Throws: A ``Failure`` that names a file that is no record.
  package init(of programs: [String], out: URL, root: URL, kept: String = "results") throws {
    found = try Dictionary(
      uniqueKeysWithValues: programs.map { program in
        let places = [(out, nil), (root.appending(path: kept), kept)]
        return (
          program,
          try places.compactMap { try Found(program, in: $0, keptIn: $1) }
        )
      })
  }

  /// What the article shows of a chapter.
  package func shown(_ program: String) -> Found? { found[program]?.first }

  /// Whether there is such a chapter.
  func hasChapter(_ program: String) -> Bool { found[program] != nil }

  var programs: [String] { found.keys.sorted() }

  /// The names of all metrics that any record of a chapter has.
  func metrics(_ program: String) -> Set<String> {
    Set(found[program, default: []].flatMap(\.record.metrics.keys))
  }

  /// The names of all files that any record of a chapter lists, and that are no data files.
  func files(_ program: String) -> Set<String> {
    Set(found[program, default: []].flatMap(\.shownFiles))
  }

  /// All records that mean something, those in OUT or those in the repository.
  func meaningful(kept: Bool) -> [Found] {
    programs.flatMap { found[$0, default: []] }
      .filter { ($0.keptIn != nil) == kept && $0.record.warning == nil }
  }
}

extension Results.Found {
  fileprivate init?(_ program: String, in directory: URL, keptIn: String?) throws {
    let chapter = ChapterName(program: program)
    guard let record = try RunRecord.load(chapter: chapter, from: directory) else { return nil }
    self.record = record
    (self.directory, self.keptIn, self.program) = (directory, keptIn, program)
  }

  fileprivate var shownFiles: [String] {
    record.files.map(\.path).filter { !$0.hasPrefix("data/") }
  }

  /// Files of tables in Markdown.
  var tables: [String] { shownFiles.filter { $0.hasSuffix(".md") } }

  /// The content of one of its files.
  ///
  /// - Throws: A ``Failure`` that names a file that is not the one the record lists.
  func content(of file: String) throws -> Data? {
    let place = directory.appending(path: file)
    guard let content = try readFileIfPresent(at: place) else { return nil }
    let listed = record.files.first { $0.path == file }
    guard listed.map({ $0.sha256 == sha256Hex(content) }) ?? true else {
      throw Failure(
        "\(place.shortPath): found a file that was changed or damaged since it was written, expected "
          + "the one that \(program).json lists; run make \(program) again")
    }
    return content
  }

  /// What makes this record.
  package var command: String {
    let (preset, seeds) = (record.preset, record.seeds)
    // A table about other records has no scale of its own; those of smoke runs lie elsewhere.
    let isDefault = preset == .short || (record.sources != nil && preset != .smoke)
    let settings = [
      isDefault ? nil : "PRESET=\(preset.rawValue)",
      seeds.first.flatMap { $0 == 0 ? nil : "SEED=\($0)" },
      seeds.count <= 1 ? nil : "SEEDS=\(seeds.count)",
    ]
    return (["make", program] + settings.compactMap { $0 }).joined(separator: " ")
  }

  /// One line in Markdown: command, stamp, and where the record is kept.
  var origin: String {
    let kept = keptIn.map { " · recorded in `\($0)`" } ?? ""
    return "`\(command)` · \(record.stamp)\(kept)"
  }
}
