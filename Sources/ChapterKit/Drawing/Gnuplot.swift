import Datasets
import Files
import Foundation

/// Draws figures with gnuplot if their script, data or variables have changed.
package struct Gnuplot {
  let executable: URL?
  /// The root of the package, which contains figures/.
  let root: URL
  /// The directory of the data files and pictures.
  package let output: OutputDirectory
  let console: Console

  package init(executable: URL?, root: URL, output: OutputDirectory, console: Console) {
    self.executable = executable
    self.root = root
    self.output = output
    self.console = console
  }

  /// Draws `figure`, unless the picture recorded in `previous` is unchanged and was drawn from the same
  /// script, data and variables.
  ///
  /// - Returns: The record of the picture, and whether it was drawn now.
  /// - Throws: An error that names the program, script or data file that is missing or failed.
  package func update(
    _ figure: Figure, previous: FileRecord?
  ) throws -> (record: FileRecord, wasDrawn: Bool) {
    let drawnFrom = try fingerprint(of: figure)
    if let previous, previous.drawnFrom == drawnFrom,
      let picture = try output.content(of: figure.picture), sha256Hex(picture) == previous.sha256,
      defect(inPicture: picture, named: figure.picture) == nil
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

  /// The version that gnuplot prints, such as "gnuplot 5.4 patchlevel 4"; nil without gnuplot.
  package func version() -> String? {
    guard let executable,
      let result = try? ExternalProgram(at: executable).run(["--version"], in: root)
    else { return nil }
    return String(decoding: result.output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func scriptPath(_ name: String) -> String { "figures/\(name).gp" }

  /// A hash of everything that the picture depends on, apart from gnuplot itself.
  package func fingerprint(of figure: Figure) throws -> String {
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
        throw Failure(
          "\(output.file(DataFile.path(name)).shortPath): found no such file, expected a data file")
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

  /// Runs gnuplot and returns the picture.
  ///
  /// gnuplot writes to a pipe, because it ignores a full disk and exits with status 0. With -d it skips
  /// the user's start-up files, which could change the picture.
  private func draw(_ figure: Figure) throws -> Data {
    guard let executable else {
      throw Failure(
        "gnuplot: found no such program, expected it in PATH to draw \(figure.picture); "
          + "install it; the data files are in \(output.file("data").shortPath)")
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
      } else if reportsWriteError(errors) {
        "a warning about writing"
      } else {
        defect(inPicture: picture, named: figure.picture)
      }
    guard let found else { return picture }
    throw Failure(
      "\(scriptPath(figure.script)): found \(found) from gnuplot (\(executable.filePath)), expected "
        + "\(figure.picture); the data files are in \(output.file("data").shortPath)")
  }
}

/// The environment without the variables that change how gnuplot draws, and with a fixed locale.
private func gnuplotEnvironment(from environment: [String: String]) -> [String: String] {
  environment.filter { name, _ in
    !name.hasPrefix("LC_") && name != "LANG" && name != "LANGUAGE" && !name.hasPrefix("GNUPLOT_")
      && name != "GNUTERM"
  }.merging(["LC_ALL": "C.UTF-8"]) { $1 }
}

/// Whether gnuplot or one of its libraries reports a write error.
private func reportsWriteError(_ errors: String) -> Bool {
  ["writ", "No space left", "File too large", "Input/output error", "output not changed"]
    .contains { errors.contains($0) }
}

/// The other files that a script reads: those that it names as 'figures/…' outside its comments.
private func filesNamed(in script: String) -> Set<String> {
  let lines = script.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
  return Set(lines.flatMap { $0.matches(of: /'(figures\/[^']+)'/).map { String($0.1) } })
}

/// Assignments for gnuplot's `-e`, each value as a text in single quotes; a quote in it is doubled.
package func gnuplotAssignments(_ variables: [String: String]) -> String {
  variables.sorted { $0.key < $1.key }
    .map { "\($0.key)='\($0.value.replacing("'", with: "''"))'" }
    .joined(separator: "; ")
}

/// A picture that a gnuplot script draws from data files.
///
/// The script figures/`script`.gp gets these variables, all of them texts: `data`, the directory
/// of the data files; `out`, the file to write; `stamp`, one line with the picture's origin;
/// `watermark`, a warning or an empty text; and `variables`.
public struct Figure: Codable, Equatable, Sendable {
  /// The name of the script, without folder and extension.
  package let script: String
  /// The file name of the picture in OUT.
  package let picture: String
  /// The names of the data files that the script reads.
  package let data: [String]
  /// The script's variables, apart from `data` and `out`.
  package let variables: [String: String]

  package init(script: String, picture: String, data: [String], variables: [String: String]) {
    self.script = script
    self.picture = picture
    self.data = data
    self.variables = variables
  }

  /// The figure with additional variables.
  func adding(_ more: [String: String]) -> Figure {
    Figure(
      script: script, picture: picture, data: data,
      variables: variables.merging(more) { _, new in new })
  }
}
