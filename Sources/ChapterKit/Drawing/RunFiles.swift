import Datasets
import Engine
import Foundation

/// The data files, tables and figures of a run, collected during the run and completed at its end.
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

  /// The files with their contents; pictures are drawn now, others are formatted. No result is written yet.
  ///
  /// - Parameters:
  ///   - record: The record of the run, for the origin in the files.
  ///   - previous: The files of the record that this one replaces; up-to-date pictures are not drawn
  ///     again.
  ///   - output: OUT, with the pictures of `previous` and data files of other chapters.
  ///   - gnuplot: Draws the figures.
  ///   - log: The log that records whether any picture was drawn.
  func complete(
    for record: RunRecord, previous: [FileRecord], in output: OutputDirectory, by gnuplot: Gnuplot,
    log: WorkLog
  ) throws -> [CompleteFile] {
    let texts =
      dataFiles.map { $0.complete(for: record) } + tables.map { $0.complete(for: record) }
    func content(_ path: String) throws -> Data? {
      try texts.first { $0.record.path == path }?.content ?? output.content(of: path)
    }
    let origin = ["stamp": record.stamp, "watermark": record.warning ?? ""]
    let pictures = try figures.map { figure in
      let (picture, wasDrawn) = try gnuplot.picture(
        of: figure.adding(origin), previous: previous.first { $0.path == figure.picture },
        reading: content)
      if wasDrawn {
        log.beginWork()
        gnuplot.console.note("\(figure.picture): drawn")
      }
      return picture
    }
    return texts + pictures + weights.map { CompleteFile($0.name, .weights, $0.content) }
  }
}

/// A file of a run with its content.
package struct CompleteFile: Sendable {
  package let record: FileRecord
  package let content: Data

  init(_ record: FileRecord, _ content: Data) { (self.record, self.content) = (record, content) }

  /// A file that is not drawn.
  init(_ path: String, _ kind: FileRecord.Kind, _ content: Data) {
    let record = FileRecord(path: path, kind: kind, sha256: sha256Hex(content), drawnFrom: nil)
    self.init(record, content)
  }
}
