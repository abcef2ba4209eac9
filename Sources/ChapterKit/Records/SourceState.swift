import Datasets
import Files
import Foundation

/// The sources that the program was built from: their hash, and their commit according to git.
///
/// The hash covers the code that computes and draws results. ``dirty`` covers more files: also the benchmarks, the
/// article's numbers, and the documentation beside the code.
package struct SourceState: Equatable, Sendable {
  /// The full hash of the commit, or "unknown".
  package let commit: String
  /// Whether Package.swift, figures/article, a gnuplot script in figures/, or any file in Sources, chapters or Benchmarks
  /// has uncommitted changes or is not in git; nil if that is unknown.
  package let dirty: Bool?
  /// The SHA-256 of Package.swift, the source files in Sources and chapters, and the gnuplot scripts in figures/, which
  /// identifies them without git too; nil if they cannot be read.
  package let sha256: String?

  package init(commit: String, dirty: Bool?, sha256: String? = nil) {
    (self.commit, self.dirty, self.sha256) = (commit, dirty, sha256)
  }

  /// The state of the sources at `root`.
  ///
  /// The commit is unknown without git or without a checkout. A checkout does not count if it contains
  /// `root` in a subfolder, or does not contain the package, because its commit does not describe these
  /// sources.
  package static func ofCheckout(at root: URL) -> SourceState {
    let sha256 = try? hashOfSources(at: root)
    guard let git = ExternalProgram("git") else {
      return SourceState(commit: "unknown", dirty: nil, sha256: sha256)
    }
    // Variables such as GIT_DIR name another repository, for example in a hook.
    let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    func ask(_ arguments: [String]) -> String? {
      // Without optional locks, git status does not rewrite the user's index.
      guard
        let answer = try? git.run(
          ["--no-optional-locks"] + arguments, in: root, environment: environment),
        answer.status == 0
      else { return nil }
      return String(decoding: answer.output, as: UTF8.self)
    }
    // The path from the checkout's root to here.
    guard let prefix = ask(["rev-parse", "--show-prefix"]), prefix.allSatisfy(\.isNewline),
      ask(["cat-file", "-e", "HEAD:Package.swift"]) != nil,
      let commit = ask(["rev-parse", "--verify", "HEAD"])?.trimmingCharacters(
        in: .whitespacesAndNewlines),
      commit.wholeMatch(of: /[0-9a-f]{40,64}/) != nil
    else { return SourceState(commit: "unknown", dirty: nil, sha256: sha256) }
    let changes = ask(["status", "--porcelain", "--"] + sourcePaths)
    return SourceState(
      commit: commit, dirty: changes.map { !$0.isEmpty }, sha256: sha256)
  }
}

/// The files whose changes make the checkout dirty: the code, the figures' scripts, the benchmarks, and the numbers of the
/// article. Changes of other files, such as results in figures/, do not.
private let sourcePaths = [
  "Package.swift", "Sources", "chapters", "Benchmarks", "figures/*.gp", "figures/article",
]

/// The SHA-256 of Package.swift, the source files in Sources and chapters, and the figures' scripts: of a line
/// "PATH SHA256" for each of them, in the order of the paths. Benchmarks, figures/article and files that are not source
/// files, such as documentation catalogs, do not count.
private func hashOfSources(at root: URL) throws -> String {
  let files =
    try ["Package.swift"]
    + ["Sources", "chapters"].flatMap { try listFiles(at: $0, of: root).filter(isSourceFile) }
    // Without the folders in figures/, which contain results.
    + listFolder(at: root.appending(path: "figures")).filter { $0.hasSuffix(".gp") }
    .map { "figures/\($0)" }
  let lines = try files.sorted().map { path in
    "\(path) \(sha256Hex(try readFile(at: root.appending(path: path))))"
  }
  return sha256Hex(Data(lines.joined(separator: "\n").utf8))
}
