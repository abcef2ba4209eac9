import Datasets
import Files
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
      let picture = try output.content(of: figure.picture), sha256Hex(picture) == previous.sha256,
      flaw(ofPicture: picture, named: figure.picture) == nil
    {
      return (previous, false)
    }
    let picture = try draw(figure)
    try output.write(picture, to: figure.picture)
    let record = FileRecord(
      path: figure.picture, kind: .figure, sha256: sha256Hex(picture), drawnFrom: drawnFrom,
      drawnBy: version(), figure: figure)
    return (record, true)
  }

  /// What gnuplot calls itself: "gnuplot 5.4 patchlevel 4".
  func version() -> String? {
    guard let executable,
      let result = try? ExternalProgram(at: executable).run(["--version"], in: root)
    else { return nil }
    return String(decoding: result.output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
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
    func content(_ path: String) throws -> Data? {
      try readFileIfPresent(at: root.appending(path: path))
    }
    let data = try figure.data.map { name in
      guard let content = try output.content(of: DataFile.path(name)) else {
        throw Failure("\(output.file(DataFile.path(name)).shortPath): found nothing, expected data")
      }
      return sha256Hex(content)
    }
    guard let script = try content(scriptPath(figure.script)) else {
      throw Failure(
        "\(scriptPath(figure.script)): found no such file in \(root.shortPath), expected a gnuplot "
          + "script; run from the root of the package")
    }
    let reads = try filesNamed(in: String(decoding: script, as: UTF8.self)).map { path in
      (path, try content(path).map { sha256Hex($0) } ?? "")
    }
    let origin = Origin(
      script: sha256Hex(script), reads: Dictionary(uniqueKeysWithValues: reads), data: data,
      variables: figure.variables)
    return sha256Hex(try JSON.encode(origin))
  }

  /// The picture that gnuplot draws.
  ///
  /// It comes through a pipe: gnuplot does not notice a disk that is full, and ends with status 0.
  /// gnuplot starts without the user's start-up files (-d), which may change how pictures look.
  private func draw(_ figure: Figure) throws -> Data {
    guard let executable else {
      throw Failure(
        "gnuplot: found no such program, expected it in PATH to draw \(figure.picture); "
          + "the data files are in \(output.file("data").shortPath)")
    }
    var variables = figure.variables
    variables["data"] = output.file("data").absoluteURL.path(percentEncoded: false)
    variables["out"] = "/dev/stdout"
    let (status, picture, errors) = try ExternalProgram(at: executable).run(
      ["-d", "-e", gnuplotAssignments(variables), scriptPath(figure.script)], in: root,
      environment: gnuplotEnvironment(from: ProcessInfo.processInfo.environment))
    for line in errors.split(whereSeparator: \.isNewline) { console.note("gnuplot: \(line)") }

    let found: String? =
      if status != 0 {
        "exit status \(status)"
      } else if tellsOfFailedWriting(errors) {
        "a warning about writing"
      } else {
        flaw(ofPicture: picture, named: figure.picture)
      }
    guard let found else { return picture }
    throw Failure(
      "\(scriptPath(figure.script)): found \(found) from gnuplot (\(executable.filePath)), expected "
        + "\(figure.picture); the data files are in \(output.file("data").shortPath)")
  }
}

/// The environment without what changes how gnuplot draws, and with one locale for all.
private func gnuplotEnvironment(from environment: [String: String]) -> [String: String] {
  environment.filter { name, _ in
    !name.hasPrefix("LC_") && name != "LANG" && name != "LANGUAGE" && !name.hasPrefix("GNUPLOT_")
      && name != "GNUTERM"
  }.merging(["LC_ALL": "C.UTF-8"]) { $1 }
}

/// Whether gnuplot, or a library that draws for it, complains that something could not be written.
private func tellsOfFailedWriting(_ errors: String) -> Bool {
  ["writ", "No space left", "File too large", "Input/output error", "output not changed"]
    .contains { errors.contains($0) }
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
