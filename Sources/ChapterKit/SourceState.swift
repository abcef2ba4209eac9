import Foundation

/// Which sources the program was built from, as git tells.
package struct SourceState: Equatable, Sendable {
  /// The full hash of the commit, or "unknown".
  package let commit: String
  /// Whether sources were changed since; `nil` where that is unknown.
  package let dirty: Bool?

  package init(commit: String, dirty: Bool?) {
    self.commit = commit
    self.dirty = dirty
  }

  /// The state of the checkout at `root`; unknown where there is no git or no checkout.
  package static func ofCheckout(at root: URL) -> SourceState {
    guard let git = findExecutable("git") else { return .unknown }
    func ask(_ arguments: [String]) -> String? {
      let answer = try? runToEnd(git, arguments, in: root, keepingErrors: false)
      return answer?.status == 0 ? answer?.output : nil
    }
    guard let commit = ask(["rev-parse", "--verify", "HEAD"]) else { return .unknown }
    let changes = ask(["status", "--porcelain", "--"] + sourcePaths)
    return SourceState(
      commit: commit.trimmingCharacters(in: .whitespacesAndNewlines),
      dirty: changes.map { !$0.isEmpty })
  }

  private static let unknown = SourceState(commit: "unknown", dirty: nil)
}

/// What results are made from; anything else in the checkout may change without making it dirty.
private let sourcePaths = ["Package.swift", "Sources", "chapters", "Benchmarks", "figures"]
