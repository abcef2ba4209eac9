import ChapterKit
import Foundation
import Verification

/// Returns the anchor of a record, or of a metric in it, in the sources of the numbers.
func recordAnchor(_ program: String, _ metric: String? = nil) -> String {
  metric.map { "record-\(program)-\(anchorPart($0))" } ?? "record-\(program)"
}

extension Weaver {
  /// The sources of the numbers: for each program its command, commit, data set, computer and last
  /// verification, and all metrics with the values of each seed.
  ///
  /// - Throws: A ``Failure`` that names the report of `make verify` if it is damaged.
  func listOfRuns(_ chapters: [ChapterFolder]) throws -> String {
    let kept = try VerificationReport.load(from: root.appending(path: "results"))
    let own = try VerificationReport.load(from: out)
    let sections = chapters.map { chapter in
      let program = chapter.program
      let heading = "## \(titles[program] ?? program) {#\(recordAnchor(program))}\n\n"
      return heading
        + (results.shown(program).map { facts(of: $0, [own, kept].compactMap { $0 }) }
          ?? notRun(program))
    }
    return (["# Sources of the numbers {#runs}", Self.explanation] + sections).joined(
      separator: "\n\n")
  }

  private static let explanation =
    "Each underlined number on this page is a link to the metric here from which it was taken. A stage's key is the "
    + "SHA-256 of everything that its result depends on: program, settings, seed and data.\n\n"
    + "The note at a figure or a table has the command that makes it, the preset and the seeds, the data set with the "
    + "beginning of its SHA-256, the version of the sources (a commit; *dirty* if files were changed after it), the "
    + "number of threads and the processor, and the time of the run. Older records name, in place of the processor, "
    + "the kernels that OpenBLAS chose for it, which have the name of a similar processor. At a table or a figure of "
    + "several training runs, version, threads and processor are those of the newest run, and the time is the sum; the "
    + "stages below have the commit of each run.\n\n"
    + "The line *verified* has what `make verify` found when it repeated the program: its numbers, tables and "
    + "pictures were made again and compared. Where they follow from training runs that take long, they were made from "
    + "the recorded runs, of which only the first steps were repeated; `make verify FULL=1` repeats all steps."

  private func facts(of result: Results.ChapterResult, _ reports: [VerificationReport]) -> String {
    let record = result.record
    let program = record.chapter.program
    let file = RunRecord.fileName(chapter: record.chapter)
    let path = (result.keptIn.map { "\($0)/" } ?? "") + file
    let facts: [(String, String?)] = [
      ("command", codeSpan(record.command)),
      ("record", fileLink(path, at: result.path(of: file))),
      (
        "sources",
        [record.commitText, record.sourceSHA256.map { "SHA-256 `\($0.prefix(16))…`" }]
          .compactMap { $0 }.joined(separator: ", ")
      ),
      (
        "data set",
        record.dataset.map { "\(verbatim($0.name)), SHA-256 `\($0.sha256.prefix(16))…`" }
      ),
      (
        "computer",
        record.environment.map {
          verbatim("\($0.processor); \($0.system), \($0.kernel), \($0.compiler)")
        }
      ),
      ("computed", "\(record.date.prefix(10))"),
      ("about", record.sources.map { verbatim($0.joined(separator: "; ")) }),
      ("verified", badge(program, record, reports)),
    ]
    let lines = facts.compactMap { name, fact in fact.map { "- \(name): \($0)" } }
    return lines.joined(separator: "\n") + "\n\n"
      + details(counted(record.metrics.count, "metric"), metrics(record))
      + details(counted(record.stages.count, "stage"), stages(record))
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Returns a folded table; the whole content is in print. Empty without rows.
  private func details(_ summary: String, _ rows: [String]) -> String {
    guard rows.count > 1 else { return "" }
    return "\n\n<details class=\"record\">\n<summary>\(summary)</summary>\n<table>\n"
      + rows.joined(separator: "\n") + "\n</table>\n</details>"
  }

  private func metrics(_ record: RunRecord) -> [String] {
    let header =
      "<tr><th>metric</th><th>mean</th><th>deviation</th><th>values of the seeds</th></tr>"
    let program = record.chapter.program
    return [header]
      + record.metrics.sorted { $0.key < $1.key }.map { name, metric in
        let values = metric.values?.map(number).joined(separator: ", ") ?? ""
        return
          "<tr id=\"\(recordAnchor(program, name))\"><td>`\(name)`</td><td>\(number(metric.mean))</td>"
          + "<td>\(metric.sd.map(number) ?? "")</td><td>\(values)</td></tr>"
      }
  }

  private func stages(_ record: RunRecord) -> [String] {
    let header = "<tr><th>stage</th><th>key</th><th>commit</th><th>date</th><th>seconds</th></tr>"
    return [header]
      + record.stages.map { stage in
        "<tr><td>\(verbatim(stage.name))</td><td>`\(stage.key.prefix(16))`</td><td>`\(stage.commit.prefix(7))`</td>"
          + "<td>\(stage.date.prefix(10))</td><td>\(number(stage.seconds.rounded()))</td></tr>"
      }
  }

  private func number(_ value: Double) -> String { String(format: "%.6g", value) }

  /// The findings about the training runs from which a record was derived; empty for other records.
  private func trainingFindings(of record: RunRecord, in report: VerificationReport) -> [Finding] {
    let names = Set(record.stages.map { fileNamePart(of: $0.name) })
    return report.findings.filter {
      $0.record == TrainingKey.directory && names.contains($0.item)
    }
  }

  /// Returns the findings about training runs in words; empty without any.
  private func trainingRuns(_ findings: [Finding]) -> String {
    let reasons = Set(findings.filter { $0.outcome != .identical }.map(\.detail)).sorted()
    return findings.isEmpty
      ? ""
      : "; first steps of its training runs: \(summary(of: findings))"
        + (reasons.isEmpty ? "" : " (\(verbatim(reasons.joined(separator: "; "))))")
  }

  /// Returns the result of the last verification of a record, with the machine and the date.
  private func badge(
    _ program: String, _ record: RunRecord, _ reports: [VerificationReport]
  ) -> String {
    let found = reports.lazy.compactMap { report in
      report.findings(of: program, recorded: record.date).map { (report, $0) }
    }.first { !$0.1.isEmpty }
    guard let (report, findings) = found else { return "not yet" }
    let outcomes = Set(findings.map(\.outcome))
    let trainings = trainingFindings(of: record, in: report)
    // Tables that agree with training runs that nobody can repeat prove little.
    let isOpen =
      outcomes == [.notCompared] || Set(trainings.map(\.outcome)) == [.notCompared]
    let state = outcomes.contains(.differs) ? "differs" : isOpen ? "open" : "holds"
    let details = findings.filter { $0.outcome != .identical }.prefix(3)
      .map { "\($0.item): \($0.detail)" }
    let runs = trainingRuns(trainings)
    return "[\(summary(of: findings))]{.badge .\(state)}\(runs) on \(report.date.prefix(10)), "
      + verbatim(report.environment.processor)
      + (details.isEmpty ? "" : " (\(verbatim(details.joined(separator: "; "))))")
  }
}
