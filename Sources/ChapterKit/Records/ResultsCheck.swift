import Datasets
import Files
import Foundation

/// A consistency check of recorded results: each file is the one in its record, and each picture is the
/// one that its script draws from the recorded data.
///
/// A picture is not drawn again if its pixels are not recorded. Nor is it if another version of gnuplot
/// drew it; then its script, data and variables must be unchanged.
package struct ResultsCheck {
  private let results: OutputDirectory
  private let scratch: URL
  private let root: URL
  private let executable: URL?
  private let console: Console

  /// A check of the results in `directory`, which copies the data of pictures to `scratch` and draws them with the
  /// scripts of the package at `root`.
  package init(_ directory: URL, scratch: URL, root: URL, gnuplot: URL?, console: Console) {
    results = OutputDirectory(directory)
    self.scratch = scratch
    (self.root, executable, self.console) = (root, gnuplot, console)
  }

  private var gnuplot: Gnuplot {
    Gnuplot(
      executable: executable, root: root, workingFolder: scratch, console: console,
      interruption: Self.interruption)
  }

  /// The error for the number of a signal that has interrupted a check.
  package static func interruption(by signal: Int32) -> Interruption {
    Interruption("interrupted", by: signal, resumes: false)
  }

  /// A check that uses the current directory as the package's root, and gnuplot from PATH.
  package static func ofProcess(
    _ directory: URL, scratch: URL, console: Console
  ) -> ResultsCheck {
    ResultsCheck(
      directory, scratch: scratch, root: URL.currentDirectory(),
      gnuplot: ExternalProgram("gnuplot")?.executable, console: console)
  }

  /// Checks all files; returns their number and a line for each file that differs from its record.
  ///
  /// - Throws: An error in one line if there is no record, or gnuplot fails.
  package func run() throws -> (files: Int, complaints: [String]) {
    let files = try Records(in: results.url).all.flatMap(\.files)
    return (files.count, try files.compactMap(difference))
  }

  /// Draws pictures again if their script has changed, from the recorded data, and updates the records.
  ///
  /// - Throws: An error in one line if there is no record, or gnuplot fails.
  package func redraw() throws {
    for record in try Records(in: results.url).all {
      var redrawn = record
      var pictures: [(path: String, content: Data)] = []
      redrawn.files = try record.files.map { file in
        guard let figure = file.figure, try hasData(of: figure) else { return file }
        let (picture, wasDrawn) = try gnuplot.picture(
          of: figure, previous: file, reading: results.content)
        if wasDrawn { pictures.append((file.path, picture.content)) }
        return picture.record
      }
      guard !pictures.isEmpty else { continue }
      try results.write(
        pictures + [(RunRecord.fileName(chapter: record.chapter), redrawn.encoded())])
    }
  }

  /// Adds the checksum to run records and training records without one, such as a script leaves that
  /// changed a value. A wrong checksum is not replaced.
  ///
  /// - Returns: The paths of the files that got a checksum.
  /// - Throws: An error that names a file that is not a record, or whose values would be rejected with a checksum too;
  ///   then no file is changed.
  package func seal() throws -> [String] {
    let trainings = try results.names(in: TrainingKey.directory).map {
      "\(TrainingKey.directory)/\($0)"
    }
    let files = try (results.names(in: ".") + trainings).filter {
      $0.hasSuffix(".json") && !benchmarkFiles.contains($0)
    }
    let sealed = try files.compactMap { path -> (path: String, content: Data)? in
      guard let json = try results.content(of: path), !SealedJSON.isSealed(json) else { return nil }
      do {
        return (path, try seal(json, of: path))
      } catch {
        throw Failure(
          "\(results.file(path).shortPath): found \(oneLine(error)), expected a record with its first brace in a "
            + "line of its own; correct it, or move the file away")
      }
    }
    for file in sealed { try results.write(file.content, to: file.path) }
    return sealed.map(\.path)
  }

  /// The content of the file at `path` with a checksum.
  ///
  /// - Throws: ``InvalidValue`` if that is not a valid record of the run or stage in the file's name.
  private func seal(_ json: Data, of path: String) throws -> Data {
    try InvalidValue.unless(json.starts(with: Data("{\n".utf8)), "other content")
    let content = SealedJSON.seal(json)
    let name: String
    if path.hasPrefix("\(TrainingKey.directory)/") {
      let record = try SealedJSON.decode(TrainingRecord<JSONValue>.self, from: content)
      name = TrainingKey.path(of: record.stage.name)
    } else {
      let record = try SealedJSON.decode(RunRecord.self, from: content)
      name = RunRecord.fileName(chapter: record.chapter)
    }
    try InvalidValue.unless(name == path, "the record of \(name)")
    return content
  }

  private func hasData(of figure: Figure) throws -> Bool {
    try figure.data.allSatisfy { try results.content(of: DataFile.path($0)) != nil }
  }

  /// The difference between a file and its record, in one line; nil if there is none.
  private func difference(_ file: FileRecord) throws -> String? {
    let path = results.file(file.path).shortPath
    guard let content = try results.content(of: file.path) else {
      return file.kind.isAlwaysRecorded
        ? "\(path): found no such file, expected the file that its record lists" : nil
    }
    guard sha256Hex(content) == file.sha256 else {
      return "\(path): found a file that differs from its record, expected the recorded one"
    }
    guard let figure = file.figure, try hasData(of: figure) else { return nil }
    let isAsDrawn =
      if try file.drawnBy == gnuplot.version() {
        try gnuplot.picture(of: figure, previous: nil, reading: results.content).picture.record
          .sha256 == file.sha256
      } else {
        try gnuplot.fingerprint(of: figure, reading: results.content) == file.drawnFrom
      }
    return isAsDrawn
      ? nil
      : "\(path): found another picture than figures/\(figure.script).gp draws from its data; run make results"
  }
}
