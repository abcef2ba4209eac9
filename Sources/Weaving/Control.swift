import ChapterKit
import Foundation

extension Weaver {
  /// Replaces `[[try sharpening: chapter3-sharpening T1]]` by a control with a slider that
  /// article/try.js draws; `try beta` needs no data. Without scripts and in print there is nothing, because
  /// the figure beside it shows the same for fixed values.
  func control(_ paragraph: [LiterateSource.Line], at context: WeaveContext) throws -> String {
    let text = paragraph.map(\.text).joined(separator: " ")
    func failure(_ message: String) -> Failure { context.failure(message, at: paragraph[0]) }
    guard let match = text.wholeMatch(of: /\[\[try (\w+)(?:: (\S+) (\S+))?\]\]\s*/) else {
      throw failure("found \(text), expected [[try name]] or [[try name: data column]]")
    }
    guard let data = match.2, let column = match.3 else {
      return "<div class=\"try\" data-try=\"\(match.1)\"></div>"
    }
    guard let program = context.program, let result = results.shown(program),
      let content = try result.content(of: DataFile.path(String(data)))
    else { return "" }
    let rows = String(decoding: content, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    guard let index = rows.first?.firstIndex(of: String(column)) else {
      throw failure(
        "found the column \(column), expected one of \(rows.first?.joined(separator: ", ") ?? "")")
    }
    if let short = rows.first(where: { $0.count <= index }) {
      throw failure(
        "found a row of \(data) with \(short.count) cells, expected at least \(index + 1)")
    }
    let values = rows.dropFirst().map { $0[index] }.joined(separator: " ")
    return "<div class=\"try\" data-try=\"\(match.1)\" data-values=\"\(values)\"></div>"
  }
}
