import ChapterKit
import Files
import Foundation

/// The result of `make verify`: OUT/verification/report.json.
package struct VerificationReport: Codable, Equatable, Validated {
  /// The time of the verification, in ISO 8601.
  package var date: String
  /// The computer and software that repeated the runs.
  package var environment: ComputingEnvironment
  /// The versions that differ from environment.lock, one line each.
  package var otherVersions: [String]
  /// The commit of the sources, or "unknown".
  package var commit: String
  /// Whether the sources have uncommitted changes; nil if that is unknown.
  package var dirty: Bool?
  /// The SHA-256 of the sources; nil if they could not be read.
  package var sourceSHA256: String?
  /// Whether all training runs were repeated to their end.
  package var isFull: Bool
  /// The computing time in seconds.
  package var seconds: Double
  /// The date of each record in the results at the time of the verification, by its program, so that the report is not
  /// shown for a later record.
  package var records: [String: String]
  /// The findings in the order in which they were made.
  package var findings: [Finding]

  package init(
    date: String, environment: ComputingEnvironment, otherVersions: [String], sources: SourceState,
    isFull: Bool, seconds: Double, records: [String: String], findings: [Finding]
  ) {
    (self.date, self.environment, self.otherVersions) = (date, environment, otherVersions)
    (commit, dirty, sourceSHA256) = (sources.commit, sources.dirty, sources.sha256)
    (self.isFull, self.seconds, self.records) = (isFull, seconds, records)
    self.findings = findings
  }

  /// The path of the report in OUT or in results/.
  package static let path = "verification/report.json"

  /// The report in `directory`; nil if there is none.
  ///
  /// - Throws: An error that names the file if it is damaged.
  package static func load(from directory: URL) throws -> VerificationReport? {
    try SealedJSON.load(
      VerificationReport.self, from: directory.appending(path: path),
      expecting: "the report of make verify", remedy: "remove it, or run make verify")
  }

  /// Throws for a date that is none or an implausible duration.
  package func validate() throws {
    try InvalidValue.unless((try? Date(date, strategy: .iso8601)) != nil, "the date \"\(date)\"")
    try InvalidValue.unless((0...1e10).contains(seconds), "\(seconds) seconds")
  }

  /// The findings about the record of `program` that was computed on `date`; nil if the report is not
  /// about it.
  package func findings(of program: String, recorded date: String) -> [Finding]? {
    guard records[program] == date else { return nil }
    return findings.filter { $0.record == program }
  }
}
