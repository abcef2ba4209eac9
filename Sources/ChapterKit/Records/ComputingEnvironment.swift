import Files
import Foundation

/// The computer and the software that computed a result.
public struct ComputingEnvironment: Codable, Equatable, Sendable {
  /// The operating system, such as "Debian GNU/Linux 12 (bookworm)".
  public var system: String
  /// The kernel with its version and the architecture, such as "Linux 6.1.0-28-amd64 x86_64".
  public var kernel: String
  /// The processor, such as "AMD EPYC 9354, family 25, model 17".
  public var processor: String
  /// The compiler with its version, such as "Swift 6.3.1".
  public var compiler: String
  /// The versions of the system's packages that environment.lock names, by package; empty on a system
  /// without dpkg.
  public var packages: [String: String]

  package init(
    system: String, kernel: String, processor: String, compiler: String, packages: [String: String]
  ) {
    (self.system, self.kernel, self.processor) = (system, kernel, processor)
    (self.compiler, self.packages) = (compiler, packages)
  }

  /// The environment of this process.
  ///
  /// - Parameter root: The root of the package, with environment.lock.
  package static func ofThisComputer(root: URL) -> ComputingEnvironment {
    let names = (try? LockedVersions.load(root: root))?.packages.keys.sorted() ?? []
    return ComputingEnvironment(
      system: systemName(), kernel: output(of: "uname", ["-srm"]) ?? "unknown",
      processor: processorName(), compiler: compilerVersion(), packages: versions(of: names))
  }
}

/// The first line that a program prints; nil if it cannot be run or fails.
private func output(of program: String, _ arguments: [String]) -> String? {
  guard let answer = try? ExternalProgram(program)?.run(arguments), answer.status == 0 else {
    return nil
  }
  return String(decoding: answer.output, as: UTF8.self).split(separator: "\n").first
    .map(String.init)
}

private func compilerVersion() -> String {
  let line = output(of: "swift", ["--version"])
  return line?.firstMatch(of: /Swift version (\S+)/).map { "Swift \($0.1)" } ?? "unknown"
}

private func systemName() -> String {
  let file = try? readFileIfPresent(at: URL(filePath: "/etc/os-release"))
  let text = String(decoding: file ?? Data(), as: UTF8.self)
  return text.firstMatch(of: /PRETTY_NAME="([^"]*)"/).map { String($0.1) }
    ?? ProcessInfo.processInfo.operatingSystemVersionString
}

/// The name that the kernel gives, with family and model, because a virtual machine may hide the rest.
private func processorName() -> String {
  if let name = output(of: "sysctl", ["-n", "machdep.cpu.brand_string"]) { return name }
  let file = try? readFileIfPresent(at: URL(filePath: "/proc/cpuinfo"))
  let text = String(decoding: file ?? Data(), as: UTF8.self)
  func value(_ name: String) -> String? {
    text.split(separator: "\n").lazy.map { $0.split(separator: ":", maxSplits: 1) }
      .first { $0.count == 2 && $0[0].trimmingCharacters(in: .whitespaces) == name }
      .map { $0[1].trimmingCharacters(in: .whitespaces) }
  }
  let name = value("model name") ?? value("CPU implementer").map { "ARM implementer \($0)" }
  let numbers = [
    value("cpu family").map { "family \($0)" }, value("model").map { "model \($0)" },
    value("CPU part").map { "part \($0)" },
  ]
  return ([name ?? "unknown"] + numbers.compactMap { $0 }).joined(separator: ", ")
}

/// The versions of installed packages of Debian; packages that are not installed are left out.
private func versions(of packages: [String]) -> [String: String] {
  guard let dpkg = ExternalProgram("dpkg-query"), !packages.isEmpty,
    let answer = try? dpkg.run(["--show", "--showformat=${Package} ${Version}\\n"] + packages)
  else { return [:] }
  let lines = String(decoding: answer.output, as: UTF8.self).split(separator: "\n")
  return lines.reduce(into: [:]) { versions, line in
    let words = line.split(separator: " ")
    if words.count == 2 { versions[String(words[0])] = String(words[1]) }
  }
}
