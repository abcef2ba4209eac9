import Datasets
import Files
import Foundation

/// Draws figures with gnuplot if their script, data or variables have changed.
package struct Gnuplot {
  let executable: URL?
  /// The root of the package, which contains figures/.
  let root: URL
  /// The folder for copies of the data files, from which the script reads them.
  let workingFolder: OutputDirectory
  let console: Console
  /// Whether the folder stays after an error, so that the error can lead to the data.
  private let keepsData: Bool
  private let signals: StopSignals
  private let interruption: (Int32) -> Interruption

  /// A way to draw figures with gnuplot.
  ///
  /// - Parameters:
  ///   - executable: The program; nil if there is none.
  ///   - root: The root of the package.
  ///   - workingFolder: The folder for copies of the data files.
  ///   - console: Receives warnings.
  ///   - keepsData: Whether the folder stays after an error, which then names it.
  ///   - signals: The signals that end gnuplot, where they are watched.
  ///   - interruption: The error for the number of a signal.
  package init(
    executable: URL?, root: URL, workingFolder: URL, console: Console, keepsData: Bool = false,
    signals: StopSignals = .ofProcess,
    interruption: @escaping (Int32) -> Interruption = {
      Interruption("interrupted while gnuplot was running", by: $0)
    }
  ) {
    self.executable = executable
    self.root = root
    self.workingFolder = OutputDirectory(workingFolder)
    self.console = console
    (self.keepsData, self.signals, self.interruption) = (keepsData, signals, interruption)
  }

  /// Draws `figure`, unless the picture recorded in `previous` is unchanged and was drawn from the same
  /// script, data and variables.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - previous: The record of an earlier picture, if there is one.
  ///   - content: The content of the file at a path in OUT, a data file or the earlier picture; nil if there is none.
  /// - Returns: The picture with its record, and whether it was drawn now.
  /// - Throws: An error that names the program, script or data file that is missing or failed; ``Interruption`` if a
  ///   signal has ended gnuplot.
  package func picture(
    of figure: Figure, previous: FileRecord?, reading content: (_ path: String) throws -> Data?
  ) throws -> (picture: CompleteFile, wasDrawn: Bool) {
    let data = try dataFiles(of: figure, reading: content)
    let text = DrawableText(for: figure, data.map(\.content))
    let drawnFrom = try fingerprint(of: figure, text)
    if let previous, previous.drawnFrom == drawnFrom,
      let picture = try content(figure.picture), sha256Hex(picture) == previous.sha256,
      defect(inPicture: picture, named: figure.picture) == nil
    {
      return (CompleteFile(previous, picture), false)
    }
    try workingFolder.prepare(subdirectories: ["data"])
    try workingFolder.write(zip(data, text.data).map { ($0.path, $1) })
    if let warning = text.warning { console.note("\(figure.picture): \(warning)") }
    let picture = try draw(figure, with: text.variables)
    let record = FileRecord(
      path: figure.picture, kind: .figure, sha256: sha256Hex(picture), drawnFrom: drawnFrom,
      drawnBy: try version(), figure: figure)
    return (CompleteFile(record, picture), true)
  }

  /// The version that gnuplot prints, such as "gnuplot 5.4 patchlevel 4"; nil without gnuplot.
  ///
  /// - Throws: ``Interruption`` if a signal has ended gnuplot.
  package func version() throws -> String? {
    guard let executable else { return nil }
    do {
      let (_, output, _) = try run(executable, ["--version"])
      return String(decoding: output, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    } catch is FileError {
      return nil
    }
  }

  private func run(
    _ executable: URL, _ arguments: [String], environment: [String: String]? = nil
  ) throws -> (status: Int32, output: Data, errors: String) {
    try signals.run(
      ExternalProgram(at: executable), arguments, in: root, environment: environment,
      interruption: interruption)
  }

  private func scriptPath(_ name: String) -> String { "figures/\(name).gp" }

  private func dataFiles(of figure: Figure, reading content: (_ path: String) throws -> Data?)
    throws -> [(path: String, content: Data)]
  {
    try figure.data.map { name in
      let path = DataFile.path(name)
      guard let data = try content(path) else {
        throw Failure("\(path): found no such file, expected a data file for \(figure.picture)")
      }
      return (path, data)
    }
  }

  /// A hash of everything that the picture depends on, apart from gnuplot itself.
  package func fingerprint(of figure: Figure, reading content: (_ path: String) throws -> Data?)
    throws -> String
  {
    let data = try dataFiles(of: figure, reading: content)
    return try fingerprint(of: figure, DrawableText(for: figure, data.map(\.content)))
  }

  private func fingerprint(of figure: Figure, _ text: DrawableText) throws -> String {
    struct Origin: Encodable {
      var script: String
      var reads: [String: String]
      var data: [String]
      var variables: [String: String]
    }
    func source(_ path: String) throws -> Data? {
      try readFileIfPresent(at: root.appending(path: path))
    }
    guard let script = try source(scriptPath(figure.script)) else {
      throw Failure(
        "\(scriptPath(figure.script)): found no such file in \(root.shortPath), expected a gnuplot "
          + "script; run from the root of the package")
    }
    let reads = try filesNamed(in: String(decoding: script, as: UTF8.self)).map { path in
      (path, try source(path).map { sha256Hex($0) } ?? "")
    }
    let origin = Origin(
      script: sha256Hex(script), reads: Dictionary(uniqueKeysWithValues: reads),
      data: text.data.map { sha256Hex($0) }, variables: text.variables)
    return sha256Hex(try JSON.encode(origin))
  }

  /// Runs gnuplot and returns the picture.
  ///
  /// gnuplot writes to a pipe, because it ignores a full disk and exits with status 0. With -d it skips
  /// the user's start-up files, which could change the picture.
  private func draw(_ figure: Figure, with variables: [String: String]) throws -> Data {
    guard let executable else {
      throw Failure(
        "gnuplot: found no such program, expected it in PATH to draw \(figure.picture); "
          + "install it\(dataLocation)")
    }
    var variables = variables
    variables["data"] = workingFolder.file("data").absoluteURL.filePath
    variables["out"] = "/dev/stdout"
    let (status, picture, errors) = try run(
      executable, ["-d", "-e", gnuplotAssignments(variables), scriptPath(figure.script)],
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
        + "\(figure.picture)\(dataLocation)")
  }

  /// The end of an error, with the place of the data files if they stay.
  private var dataLocation: String {
    keepsData ? "; the data files are in \(workingFolder.file("data").shortPath)" : ""
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

/// Assignments for gnuplot's `-e`, each value as a text in double quotes. Characters that could have a meaning there,
/// such as quotes, backslashes and backquotes, are octal escapes.
package func gnuplotAssignments(_ variables: [String: String]) -> String {
  variables.sorted { $0.key < $1.key }
    .map { name, value in "\(name)=\"\(value.unicodeScalars.map(escaped).joined())\"" }
    .joined(separator: "; ")
}

/// A character as it is written in a double-quoted string of gnuplot.
private func escaped(_ character: Unicode.Scalar) -> String {
  let isPlain =
    !character.isASCII || character.properties.isAlphabetic
    || character.properties.numericType != nil || " /.,:;-+()_".unicodeScalars.contains(character)
  guard !isPlain else { return String(character) }
  // Four digits: after a leading zero gnuplot reads up to three more, even if the next character is one of the text.
  let octal = String(character.value, radix: 8)
  return "\\" + String(repeating: "0", count: 4 - octal.count) + octal
}
