import Files
import Foundation

/// The versions of the software with which the recorded runs were made: the file environment.lock.
///
/// Each line has a name and a version: "debian bookworm", "snapshot 20261124T000000Z", "swift 6.3.1", or
/// "package NAME VERSION"; lines that begin with # are comments.
package struct LockedVersions {
  /// The version of Swift.
  package private(set) var swift = ""
  /// The versions of packages of Debian, by package.
  package private(set) var packages: [String: String] = [:]

  /// The versions in the file environment.lock.
  ///
  /// - Throws: An error that names the file if it does not exist or has no version of Swift, or a line that it does not
  ///   know.
  package static func load(root: URL) throws -> LockedVersions {
    guard let data = try readFileIfPresent(at: root.appending(path: "environment.lock")) else {
      throw Failure(
        "environment.lock: found no such file in \(root.shortPath), expected the recorded versions; "
          + "run from the root of the package")
    }
    var versions = LockedVersions()
    let lines = String(decoding: data, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      switch (words.first, words.count) {
      case ("swift", 2): versions.swift = words[1]
      case ("debian", 2), ("snapshot", 2): break
      case ("package", 3): versions.packages[words[1]] = words[2]
      default:
        throw Failure(
          "environment.lock:\(index + 1): found \"\(line)\", expected debian, snapshot or swift and "
            + "a version, or package, a name and a version")
      }
    }
    guard !versions.swift.isEmpty else {
      throw Failure(
        "environment.lock: found no line with the version of Swift, expected \"swift\" and the version"
      )
    }
    return versions
  }

  /// A line for each version in `environment` that is not the locked one.
  package func differences(from environment: ComputingEnvironment) -> [String] {
    let compiler =
      environment.compiler == "Swift \(swift)"
      ? [] : ["compiler: found \(environment.compiler), locked Swift \(swift)"]
    return compiler
      + packages.sorted { $0.key < $1.key }.compactMap { name, version in
        let found = environment.packages[name]
        return found == version
          ? nil : "\(name): found \(found ?? "no such package"), locked \(version)"
      }
  }
}
