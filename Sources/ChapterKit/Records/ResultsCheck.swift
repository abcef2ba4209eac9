import Datasets
import Files
import Foundation

/// Whether recorded results hold together: every file is what its record says, and every picture is
/// what its script draws from the recorded data today. Pixels of images need not be recorded; what is
/// drawn from them is then not drawn again. Nor is what another version of gnuplot has drawn: there it
/// must do that script, data and variables are those it was drawn from.
package struct ResultsCheck {
  private let results: OutputDirectory
  private let scratch: OutputDirectory
  private let root: URL
  private let executable: URL?
  private let console: Console

  /// A check of the results in `directory`, which draws in `scratch`, by the scripts of the package
  /// at `root`.
  package init(_ directory: URL, scratch: URL, root: URL, gnuplot: URL?, console: Console) {
    results = OutputDirectory(directory)
    self.scratch = OutputDirectory(scratch)
    (self.root, executable, self.console) = (root, gnuplot, console)
  }

  private func gnuplot(in output: OutputDirectory) -> Gnuplot {
    Gnuplot(executable: executable, root: root, output: output, console: console)
  }

  package static func ofProcess(
    _ directory: URL, scratch: URL, console: Console
  ) -> ResultsCheck {
    ResultsCheck(
      directory, scratch: scratch, root: URL.currentDirectory(),
      gnuplot: ExternalProgram("gnuplot")?.executable, console: console)
  }

  /// How many files were looked at, and a line for each that is not as it should be.
  ///
  /// - Throws: An error in one line where there are no records, or nothing can be drawn.
  package func run() throws -> (files: Int, complaints: [String]) {
    let files = try Records(in: results.url).all.flatMap(\.files)
    try scratch.prepare(subdirectories: ["data"])
    for file in files where [.data, .pixels].contains(file.kind) {
      if let content = try results.content(of: file.path) {
        try scratch.write(content, to: file.path)
      }
    }
    return (files.count, try files.compactMap(complaint))
  }

  /// Draws the pictures whose script has changed again, from the recorded data, and puts them into
  /// the records.
  ///
  /// - Throws: An error in one line where there are no records, or nothing can be drawn.
  package func redraw() throws {
    for record in try Records(in: results.url).all {
      var redrawn = record
      redrawn.files = try record.files.map { file in
        guard let figure = file.figure, try hasData(of: figure, in: results) else { return file }
        return try gnuplot(in: results).update(figure, previous: file).record
      }
      guard redrawn != record else { continue }
      try results.write(redrawn.encoded(), to: RunRecord.fileName(chapter: record.chapter))
    }
  }

  /// Puts the checksum into those records and trainings that lack it: such as an earlier version
  /// wrote, or a script that took the checksum out to change something. One that has a wrong
  /// checksum stays as it is, an error.
  ///
  /// - Returns: The paths of the files that were given one.
  package func seal() throws -> [String] {
    let trainings = try results.names(in: TrainingKey.directory).map {
      "\(TrainingKey.directory)/\($0)"
    }
    let files = try (results.names(in: ".") + trainings).filter { $0.hasSuffix(".json") }
    return try files.filter { path in
      guard let json = try results.content(of: path), !SealedJSON.isSealed(json) else {
        return false
      }
      guard (try? JSON.decode(JSONValue.self, from: json)) != nil else {
        throw Failure("\(results.file(path).shortPath): found something else, expected JSON")
      }
      try results.write(SealedJSON.seal(json), to: path)
      return true
    }
  }

  private func hasData(of figure: Figure, in output: OutputDirectory) throws -> Bool {
    try figure.data.allSatisfy { try output.content(of: DataFile.path($0)) != nil }
  }

  private func complaint(_ file: FileRecord) throws -> String? {
    let path = results.file(file.path).shortPath
    guard let content = try results.content(of: file.path) else {
      return file.kind == .pixels
        ? nil
        : "\(path): found no such file, expected what its record lists"
    }
    guard sha256Hex(content) == file.sha256 else {
      return "\(path): found a file that was changed, expected the one of its record"
    }
    guard let figure = file.figure, try hasData(of: figure, in: scratch) else { return nil }
    let gnuplot = gnuplot(in: scratch)
    let isAsDrawn =
      if file.drawnBy == gnuplot.version() {
        try gnuplot.update(figure, previous: nil).record.sha256 == file.sha256
      } else {
        try gnuplot.fingerprint(of: figure) == file.drawnFrom
      }
    return isAsDrawn
      ? nil : "\(path): found another picture than figures/\(figure.script).gp draws from its data"
  }
}
