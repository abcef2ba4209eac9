import Datasets
import Engine
import Foundation

/// The data files, tables and figures of a run, collected during the run and written at its end.
struct RunFiles {
  private var dataFiles: [DataFile] = []
  private var tables: [TextTable] = []
  private var figures: [Figure] = []
  private var weights: [(name: String, content: Data)] = []

  mutating func add(_ file: DataFile) {
    require(
      !dataFiles.contains { $0.name == file.name }, "The data file \(file.name) is written twice.")
    dataFiles.append(file)
  }

  mutating func add(weights content: Data, name: String) {
    require(
      !weights.contains { $0.name == name }, "The file of weights \(name) is written twice.")
    weights.append((name, content))
  }

  mutating func add(_ figure: Figure) {
    require(
      !figures.contains { $0.picture == figure.picture },
      "The picture \(figure.picture) is drawn twice.")
    figures.append(figure)
  }

  mutating func add(_ table: TextTable, asPicture: Bool) {
    tables.append(table)
    add(table.dataFile)
    guard asPicture else { return }
    add(
      Figure(
        script: "table", picture: "\(table.name).svg", data: [table.name],
        variables: table.variables))
  }

  /// Writes all files into OUT.
  ///
  /// - Parameters:
  ///   - record: The record of the run, for the origin in the files.
  ///   - previous: The files of the record that this one replaces; up-to-date pictures are not drawn
  ///     again.
  ///   - gnuplot: Draws the figures.
  ///   - log: The log that records whether any file changed.
  /// - Returns: The records of the files.
  func write(
    for record: RunRecord, previous: [FileRecord], by gnuplot: Gnuplot, log: WorkLog
  ) throws -> [FileRecord] {
    let comment = record.dataFileComment
    let data = try dataFiles.map {
      try write(
        $0.text(comment: comment), to: DataFile.path($0.name), as: $0.kind, gnuplot.output, log)
    }
    let texts = try tables.map {
      try write(
        $0.markdown(stamp: record.stamp), to: "\($0.name).md", as: .table, gnuplot.output, log)
    }
    let origin = ["stamp": record.stamp, "watermark": record.warning ?? ""]
    let pictures = try figures.map { figure in
      let (picture, wasDrawn) = try gnuplot.update(
        figure.adding(origin), previous: previous.first { $0.path == figure.picture })
      if wasDrawn {
        log.beginWork()
        gnuplot.console.note("\(figure.picture): drawn")
      }
      return picture
    }
    let files = try weights.map {
      try write($0.content, to: $0.name, as: .weights, gnuplot.output, log)
    }
    return data + texts + pictures + files
  }

  private func write(
    _ text: String, to path: String, as kind: FileRecord.Kind, _ output: OutputDirectory,
    _ log: WorkLog
  ) throws -> FileRecord {
    try write(Data(text.utf8), to: path, as: kind, output, log)
  }

  private func write(
    _ content: Data, to path: String, as kind: FileRecord.Kind, _ output: OutputDirectory,
    _ log: WorkLog
  ) throws -> FileRecord {
    if try output.content(of: path) != content {
      try output.write(content, to: path)
      log.noteWritten()
    }
    return FileRecord(path: path, kind: kind, sha256: sha256Hex(content), drawnFrom: nil)
  }
}
