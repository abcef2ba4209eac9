import Files
import Foundation

/// The record that an earlier run left in OUT, and what may take its place.
package struct PreviousRecord {
  package let record: RunRecord?
  private let file: URL
  private let isUnreadable: Bool

  /// - Throws: An error that names the file where there is something that cannot be read.
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

  /// What to say before a record that cannot be read is replaced.
  var warning: String? {
    isUnreadable ? "\(file.shortPath): found no record of a run in it; this run replaces it" : nil
  }

  /// A run that means nothing never replaces one that does; a record that cannot be read might mean
  /// something.
  package func checkMayBeReplaced(bySmoke: Bool, bySynthetic: Bool) throws {
    if bySmoke, isUnreadable || record.map({ $0.preset != .smoke }) == true {
      throw refusal("a smoke run")
    }
    if bySynthetic, isUnreadable || record?.dataset?.synthetic == false {
      throw refusal("a run on synthetic data")
    }
  }

  private func refusal(_ run: String) -> Failure {
    let found =
      record.map {
        "the record of a run (preset \($0.preset.rawValue), \($0.dataset?.name ?? "no data"))"
      }
      ?? "a file that is no record"
    return Failure(
      "\(file.shortPath): found \(found), which \(run) never replaces; give another OUT (--out)")
  }
}
