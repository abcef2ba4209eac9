import Datasets
import Foundation

/// Draws figures, when what they are drawn from has changed.
package struct Gnuplot {
  let executable: URL?
  /// The directory that has figures/ in it.
  let root: URL
  let output: OutputDirectory
  let console: Console

  package init(executable: URL?, root: URL, output: OutputDirectory, console: Console) {
    self.executable = executable
    self.root = root
    self.output = output
    self.console = console
  }

  /// Draws `figure` unless the picture that `previous` speaks of is still there as it was drawn,
  /// from the same script, data and variables.
  ///
  /// - Returns: The picture's record, and whether it was drawn now.
  package func update(
    _ figure: Figure, previous: FileRecord?
  ) throws -> (record: FileRecord, wasDrawn: Bool) {
    let drawnFrom = try fingerprint(of: figure)
    if let previous, previous.drawnFrom == drawnFrom,
      output.content(of: figure.picture).map({ sha256Hex($0) }) == previous.sha256
    {
      return (previous, false)
    }
    let picture = try draw(figure)
    let record = FileRecord(
      path: figure.picture, kind: .figure, sha256: sha256Hex(picture), drawnFrom: drawnFrom,
      drawnBy: version(), figure: figure)
    return (record, true)
  }

  /// What gnuplot calls itself: "gnuplot 5.4 patchlevel 4".
  func version() -> String? {
    guard let executable,
      let (_, said) = try? runToEnd(executable, ["--version"], in: root, keepingErrors: false)
    else { return nil }
    return said.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func scriptPath(_ name: String) -> String { "figures/\(name).gp" }

  /// A hash over everything that decides how the picture looks.
  func fingerprint(of figure: Figure) throws -> String {
    struct Origin: Encodable {
      var script: String
      var reads: [String: String]
      var data: [String]
      var variables: [String: String]
    }
    func content(_ path: String) -> Data? { try? Data(contentsOf: root.appending(path: path)) }
    let data = try figure.data.map { name in
      guard let content = output.content(of: DataFile.path(name)) else {
        throw Failure("\(output.file(DataFile.path(name)).shortPath): found nothing, expected data")
      }
      return sha256Hex(content)
    }
    guard let script = content(scriptPath(figure.script)) else {
      throw Failure(
        "\(scriptPath(figure.script)): found no such file in \(root.shortPath), expected a gnuplot "
          + "script; run from the root of the package")
    }
    let reads = filesNamed(in: String(decoding: script, as: UTF8.self)).map { path in
      (path, content(path).map { sha256Hex($0) } ?? "")
    }
    let origin = Origin(
      script: sha256Hex(script), reads: Dictionary(uniqueKeysWithValues: reads), data: data,
      variables: figure.variables)
    return sha256Hex(try JSON.encode(origin))
  }

  /// Lets gnuplot draw into a partial file; returns the picture's content.
  private func draw(_ figure: Figure) throws -> Data {
    guard let executable else {
      throw Failure(
        "gnuplot: found no such program, expected it in PATH to draw \(figure.picture); "
          + "the data files are in \(output.file("data").shortPath)")
    }
    let partial = output.partialFile(for: figure.picture)
    var variables = figure.variables
    variables["data"] = output.file("data").absoluteURL.path(percentEncoded: false)
    variables["out"] = partial.absoluteURL.path(percentEncoded: false)
    let (status, said) = try runToEnd(
      executable, ["-e", gnuplotAssignments(variables), scriptPath(figure.script)], in: root,
      keepingErrors: true)
    for line in said.split(whereSeparator: \.isNewline) { console.note("gnuplot: \(line)") }

    let picture = (try? Data(contentsOf: partial)) ?? Data()
    guard status == 0, !picture.isEmpty else {
      try? FileManager.default.removeItem(at: partial)
      let found = status == 0 ? "no picture" : "exit status \(status)"
      throw Failure(
        "\(scriptPath(figure.script)): found \(found) from gnuplot, expected \(figure.picture); "
          + "the data files are in \(output.file("data").shortPath)")
    }
    try output.complete(figure.picture)
    return picture
  }
}

/// What a script reads besides its data: the files that it names as 'figures/style.gp', in whole and
/// outside its comments.
private func filesNamed(in script: String) -> Set<String> {
  let lines = script.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
  return Set(lines.flatMap { $0.matches(of: /'(figures\/[^']+)'/).map { String($0.1) } })
}

/// Assignments for gnuplot's `-e`, each value as a text in single quotes, where only the quote
/// itself needs care.
package func gnuplotAssignments(_ variables: [String: String]) -> String {
  variables.sorted { $0.key < $1.key }
    .map { "\($0.key)='\($0.value.replacing("'", with: "''"))'" }
    .joined(separator: "; ")
}
