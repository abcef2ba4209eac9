/// The rows of a table that have results, and a sentence on the others.
public struct FinishedRows<Row> {
  /// The rows with results; all rows if none has any.
  public let rows: [Row]
  /// The number of rows without results in a sentence, with a space in front, such as " 11 of 22 rows have not been
  /// run."; empty if there are no such rows.
  public let remark: String

  /// Selects the rows of which `isFinished` is true; `noun` names them in the remark, in the plural.
  public init(_ all: [Row], _ noun: String = "rows", where isFinished: (Row) -> Bool) {
    let finished = all.filter(isFinished)
    rows = finished.isEmpty ? all : finished
    let open = all.count - finished.count
    let verb = open == 1 ? "has" : "have"
    remark = open == 0 ? "" : " \(open) of \(all.count) \(noun) \(verb) not been run."
  }
}
