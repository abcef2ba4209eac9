import Files
import Foundation

/// The commit that the program was built from, according to git.
package struct SourceState: Equatable, Sendable {
  /// The full hash of the commit, or "unknown".
  package let commit: String
  /// Whether sources have uncommitted changes; nil if that is unknown.
  package let dirty: Bool?

  package init(commit: String, dirty: Bool?) {
    self.commit = commit
    self.dirty = dirty
  }

  /// The state of the checkout at `root`.
  ///
  /// It is unknown without git or without a checkout. A checkout that contains `root` in a subfolder does
  /// not count, because its commit does not describe these sources.
  package static func ofCheckout(at root: URL) -> SourceState {
    guard let git = ExternalProgram("git") else { return .unknown }
    func ask(_ arguments: [String]) -> String? {
      guard let answer = try? git.run(arguments, in: root), answer.status == 0 else {
        return nil
      }
      return String(decoding: answer.output, as: UTF8.self)
    }
    // The path from the checkout's root to here.
    guard let prefix = ask(["rev-parse", "--show-prefix"]), prefix.allSatisfy(\.isNewline),
      let commit = ask(["rev-parse", "--verify", "HEAD"])
    else { return .unknown }
    let changes = ask(["status", "--porcelain", "--"] + sourcePaths)
    return SourceState(
      commit: commit.trimmingCharacters(in: .whitespacesAndNewlines),
      dirty: changes.map { !$0.isEmpty })
  }

  private static let unknown = SourceState(commit: "unknown", dirty: nil)
}

/// The files that results depend on; changes of other files do not make the checkout dirty.
private let sourcePaths = ["Package.swift", "Sources", "chapters", "Benchmarks", "figures"]
