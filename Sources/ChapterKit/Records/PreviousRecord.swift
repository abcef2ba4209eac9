import Files
import Foundation

/// The record of an earlier run in OUT, and the rules for replacing it.
package struct PreviousRecord {
  package let record: RunRecord?
  private let file: URL
  private let isUnreadable: Bool

  /// Reads the record of a chapter, if there is one; its content may be damaged.
  ///
  /// - Throws: `FileError` if the file exists but cannot be read.
  package init(chapter: ChapterName, in out: URL) throws {
    file = out.appending(path: RunRecord.fileName(chapter: chapter))
    do {
      record = try RunRecord.load(chapter: chapter, from: out)
      isUnreadable = false
    } catch let error as FileError {
      throw error
    } catch {
      record = nil
      isUnreadable = true
    }
  }

  /// A warning that a damaged record will be replaced; nil if there is no such record.
  var warning: String? {
    isUnreadable
      ? "\(file.shortPath): found a damaged file, expected the record of a run; this run replaces it"
      : nil
  }

  /// A notice that a run replaces the results of other options or of seeds that it does not have; nil if there are no
  /// such results.
  ///
  /// - Parameters:
  ///   - seeds: The seeds of the run.
  ///   - options: The options that change its results.
  ///   - ignored: The names of options that are not compared: they do not change results.
  package func replacementNote(
    seeds: [Int], options: [String: String], ignoring ignored: Set<String>
  ) -> String? {
    guard let record, let recorded = record.options?.filter({ !ignored.contains($0.key) }),
      recorded != options || !Set(record.seeds).isSubset(of: seeds)
    else { return nil }
    return notice(of: record, others: recorded == options ? "seeds" : "options")
  }

  /// A notice that a run replaces the results on another data set; nil if there are no such results.
  func replacementNote(dataset: DatasetIdentity) -> String? {
    guard let record, let recorded = record.dataset, recorded.sha256 != dataset.sha256 else {
      return nil
    }
    return notice(of: record, others: "data")
  }

  private func notice(of record: RunRecord, others: String) -> String {
    "\(file.shortPath): this run has other \(others), and replaces the results of "
      + "\(record.command) of \(record.date.prefix(10))"
  }

  /// Checks that a smoke run or a run on synthetic data does not replace meaningful results; a damaged
  /// record counts as meaningful.
  ///
  /// - Throws: An error that names the record.
  package func checkMayBeReplaced(bySmoke: Bool, bySynthetic: Bool) throws {
    if bySmoke, isUnreadable || record.map({ $0.preset != .smoke }) == true {
      throw refusal("a smoke run")
    }
    if bySynthetic, isUnreadable || record?.dataset?.synthetic == false {
      throw refusal(syntheticRun)
    }
  }

  private func refusal(_ run: String) -> Failure {
    let found =
      record.map {
        "the record of a run (preset \($0.preset.rawValue), \($0.dataset?.name ?? "no data"))"
      }
      ?? "a damaged record"
    return refusalToReplace(found, in: file, by: run)
  }
}

/// A run on synthetic data, as errors name it.
let syntheticRun = "a run on synthetic data"

/// The error of a run that would replace something worth more than what it makes.
func refusalToReplace(_ found: String, in file: URL, by run: String) -> Failure {
  Failure(
    "\(file.shortPath): found \(found), which \(run) never replaces; give another OUT (--out)")
}
