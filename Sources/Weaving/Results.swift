import ChapterKit
import Files
import Foundation

/// The run records that an article can quote.
///
/// The article shows a chapter's record in OUT, or, if there is none, the one kept in the repository.
package struct Results {
  /// A chapter's record and the directory with its files.
  package struct ChapterResult {
    package let record: RunRecord
    let directory: URL
    /// The directory's path in the repository; nil for a record in OUT.
    let keptIn: String?
  }

  /// The results of each program, the one in OUT first.
  private let results: [String: [ChapterResult]]

  /// Reads the records of programs.
  ///
  /// - Parameters:
  ///   - programs: The names of the chapters' programs.
  ///   - out: The directory with the results of the user's own runs.
  ///   - root: The root of the repository.
  /// - Throws: A ``Failure`` that names a file that is not a valid record.
  package init(of programs: [String], out: URL, root: URL) throws {
    let kept = "results"
    let chapters = Set(programs.map { ChapterName(program: $0) })
    let places = try [(out, nil), (root.appending(path: kept), kept)].map { directory, keptIn in
      (directory, keptIn, try Records(in: directory, of: chapters, allowingNone: true))
    }
    results = Dictionary(
      uniqueKeysWithValues: programs.map { program in
        (
          program,
          places.compactMap { directory, keptIn, records in
            records[ChapterName(program: program)].map {
              ChapterResult(record: $0, directory: directory, keptIn: keptIn)
            }
          }
        )
      })
  }

  /// Returns the result of a program that the article shows.
  package func shown(_ program: String) -> ChapterResult? { results[program]?.first }

  /// Returns whether a chapter has this program.
  func hasChapter(_ program: String) -> Bool { results[program] != nil }

  /// The names of all programs, sorted.
  var programs: [String] { results.keys.sorted() }

  /// Returns the names of all metrics in the records of a program.
  func metrics(_ program: String) -> Set<String> {
    Set(results[program, default: []].flatMap(\.record.metrics.keys))
  }

  /// Returns the names of all figures and tables in the records of a program.
  func files(_ program: String) -> Set<String> {
    Set(results[program, default: []].flatMap(\.shownFiles))
  }

  /// Returns the results of full runs on real data, either those in the repository or those in OUT.
  func meaningful(kept: Bool) -> [ChapterResult] {
    programs.flatMap { results[$0, default: []] }
      .filter { ($0.keptIn != nil) == kept && $0.record.warning == nil }
  }
}

extension Results.ChapterResult {
  fileprivate var shownFiles: [String] {
    record.files.map(\.path).filter { !$0.hasPrefix("data/") }
  }

  /// The location of one of the result's files.
  func path(of file: String) -> URL { directory.appending(path: file) }

  /// Whether one of the result's files exists.
  func hasFile(_ file: String) -> Bool { path(of: file).isPresent }

  /// The names of the tables in Markdown.
  var tables: [String] { shownFiles.filter { $0.hasSuffix(".md") } }

  /// Reads one of the result's files; returns nil if it does not exist.
  ///
  /// - Throws: A ``Failure`` that names the file if the record does not list it, or if its content is not the recorded
  ///   one.
  func content(of file: String) throws -> Data? {
    try record.content(of: file, in: directory)
  }

  /// The command, the stamp and the directory of the record, in one line of Markdown.
  var origin: String {
    let kept = keptIn.map { " · recorded in `\($0)`" } ?? ""
    return "\(codeSpan(record.command)) · \(verbatim(record.stamp))\(kept)"
  }
}
