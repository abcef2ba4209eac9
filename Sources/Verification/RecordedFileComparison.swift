import ChapterKit
import Datasets
import Files
import Foundation

extension RecordComparison {
  /// The findings about the files of both records.
  func fileFindings() throws -> [Finding] {
    var outcomes: [String: FileDifference] = [:]
    let known = Set(recorded.record.files.map(\.path))
    let all = recorded.record.files + repeated.record.files.filter { !known.contains($0.path) }
    // Data files first, because figures refer to them.
    let ordered = all.filter { $0.kind != .figure } + all.filter { $0.kind == .figure }
    let overOtherSeeds = overOtherSeeds
    return try ordered.map { file in
      let difference =
        overOtherSeeds.contains(file.path)
        ? FileDifference(
          .notCompared, "over \(recorded.record.seeds.count) seeds, not all of which were repeated")
        : try difference(ofFile: file.path, data: outcomes)
      outcomes[file.path] = difference
      return Finding(program, file.path, difference.outcome, difference.detail)
    }
  }

  /// The figures over all seeds of the run and their data files, if the repetition has other seeds: a figure whose
  /// script has the variable `seeds`.
  private var overOtherSeeds: Set<String> {
    guard recorded.record.seeds != repeated.record.seeds else { return [] }
    let figures = (recorded.record.files + repeated.record.files).compactMap(\.figure)
      .filter { $0.variables["seeds"] != nil }
    return Set(figures.flatMap { [$0.picture] + $0.data.map { DataFile.path($0) } })
  }

  /// Compares a file of both records. What one of them does not keep is compared by its checksum.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - data: The differences of the data files so far, by their paths.
  private func difference(
    ofFile path: String, data: [String: FileDifference]
  ) throws -> FileDifference {
    guard let old = recorded.file(path) else {
      return FileDifference(.differs, "not in the record")
    }
    guard let new = repeated.file(path) else {
      return FileDifference(.differs, "the repetition has no such file")
    }
    let (a, b) = (try recorded.files.content(of: path), try repeated.files.content(of: path))
    if let a, sha256Hex(a) != old.sha256 {
      return FileDifference(.differs, "changed since it was recorded")
    }
    if let b, sha256Hex(b) != new.sha256 {
      return FileDifference(.differs, "changed since the repetition wrote it")
    }
    guard a != nil || !old.kind.isAlwaysRecorded else {
      return FileDifference(.differs, "the record has no such file")
    }
    guard b != nil || !new.kind.isAlwaysRecorded else {
      return FileDifference(.differs, "the repetition has no such file")
    }
    if old.sha256 == new.sha256 { return .identical }
    switch old.kind {
    case .weights: return FileDifference(.differs, "other weights")
    case .figure: return try differenceOfFigures(old, new, data: data)
    case .table, .data, .pixels: break
    }
    guard let a, let b else {
      guard let isEqual = haveEqualRows(old, a, new, b) else {
        return FileDifference(.notCompared, "neither of the runs has kept it")
      }
      return isEqual
        ? .identical : FileDifference(.differs, "other pixels than the recorded checksum's")
    }
    let (before, now) = (String(decoding: a, as: UTF8.self), String(decoding: b, as: UTF8.self))
    return old.kind == .table
      ? differenceOfTables(before, now) : differenceOfDataFiles(before, now)
  }

  /// Whether two data files with other checksums, of which at most one is kept, have the same lines below their first
  /// one, which names the run; nil if neither is kept and the checksums do not tell.
  private func haveEqualRows(
    _ old: FileRecord, _ a: Data?, _ new: FileRecord, _ b: Data?
  ) -> Bool? {
    if let b { return sha256Hex(withOrigin(of: recorded.record, b)) == old.sha256 }
    if let a { return sha256Hex(withOrigin(of: repeated.record, a)) == new.sha256 }
    return recorded.record.dataFileComment == repeated.record.dataFileComment ? false : nil
  }
}

/// The content of a data file with the first line that it has in the run of `record`.
private func withOrigin(of record: RunRecord, _ content: Data) -> Data {
  Data("# \(record.dataFileComment)".utf8) + content.drop { $0 != UInt8(ascii: "\n") }
}

// MARK: - Pictures

extension RecordComparison {
  /// The result of drawing a picture again.
  private enum Redrawing {
    /// The same picture.
    case same
    /// Another picture, or, with another version of gnuplot, another script, other data or other variables.
    case other
    /// Nothing, for this reason.
    case impossible(String)
  }

  /// Compares two pictures with other checksums, which their origins and the times in their data explain: each must be
  /// what its script draws from the data of its run, and scripts, variables and data must be equal.
  private func differenceOfFigures(
    _ old: FileRecord, _ new: FileRecord, data: [String: FileDifference]
  ) throws -> FileDifference {
    guard let figure = old.figure else {
      return FileDifference(.notCompared, "recorded without its script")
    }
    guard let again = new.figure else { return FileDifference(.differs, "no script has drawn it") }
    if let other = otherSetting(figure, again) { return FileDifference(.differs, other) }
    let read = figure.data.map { data[DataFile.path($0)]?.outcome ?? .identical }
    if read.contains(.differs) { return FileDifference(.differs, "its data differ") }
    let drawnAgain = try redrawing(new, again, of: repeated, or: recorded)
    if case .other = drawnAgain {
      return FileDifference(.differs, "another picture than its script draws from its data")
    }
    if read.contains(.notCompared) {
      return FileDifference(.notCompared, "its data were not compared")
    }
    if read.contains(.withinTolerance) {
      return FileDifference(.withinTolerance, "its data are within tolerance")
    }
    return switch (try redrawing(old, figure, of: recorded, or: repeated), drawnAgain) {
    case (.other, _): FileDifference(.differs, "its data are identical, its script draws otherwise")
    case (.impossible(let reason), _), (_, .impossible(let reason)):
      FileDifference(.notCompared, "data and script are identical; \(reason)")
    default: .identical
    }
  }

  /// The first setting of a figure that is another one in the repetition, apart from its origin; nil if there is none.
  private func otherSetting(_ old: Figure, _ new: Figure) -> String? {
    if old.script != new.script { return "its script is \(new.script), recorded \(old.script)" }
    if old.data != new.data {
      let (a, b) = (old.data.joined(separator: ", "), new.data.joined(separator: ", "))
      return "its data are \(b), recorded \(a)"
    }
    let ofTheRun: Set = ["stamp", "watermark"]
    let (a, b) = (old.variables, new.variables)
    let name = Set(a.keys).union(b.keys).subtracting(ofTheRun).sorted().first { a[$0] != b[$0] }
    return name.map { "its \($0) is \(b[$0] ?? "missing"), recorded \(a[$0] ?? "nothing")" }
  }

  /// Draws the picture `file` of a run again, with its origin and from its data; where they are not kept, from those of
  /// the other run, which are equal. Another version of gnuplot draws other bytes; then only script, data and variables
  /// are compared.
  private func redrawing(
    _ file: FileRecord, _ figure: Figure, of run: Side, or other: Side
  ) throws -> Redrawing {
    func content(_ path: String) throws -> Data? {
      try run.files.content(of: path)
        ?? other.files.content(of: path).map { withOrigin(of: run.record, $0) }
    }
    guard try figure.data.allSatisfy({ try content(DataFile.path($0)) != nil }) else {
      return .impossible("its data are not kept")
    }
    let version = try gnuplot.version()
    guard file.drawnBy == version else {
      guard try gnuplot.fingerprint(of: figure, reading: content) == file.drawnFrom else {
        return .other
      }
      return .impossible(
        "drawn by \(file.drawnBy ?? "an unknown gnuplot"), found \(version ?? "no gnuplot")")
    }
    let picture = try gnuplot.picture(of: figure, previous: nil, reading: content).picture
    return picture.record.sha256 == file.sha256 ? .same : .other
  }
}
