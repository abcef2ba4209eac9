import Experiments
import ResultTables
import Testing

@Suite struct FinishedRowsTests {
  @Test func rowsWithoutResultsAreCounted() {
    let finished = FinishedRows([3, 0, 5, 0], "trials") { $0 > 0 }
    #expect(finished.rows == [3, 5])
    #expect(finished.remark == " 2 of 4 trials have not been run.")
  }

  @Test func aCompleteTableHasNoRemark() {
    let finished = FinishedRows([3, 5]) { $0 > 0 }
    #expect(finished.rows == [3, 5] && finished.remark.isEmpty)
  }

  /// A figure of no rows could not be drawn.
  @Test func withoutAnyResultAllRowsStay() {
    let finished = FinishedRows([0, 0]) { $0 > 0 }
    #expect(finished.rows == [0, 0])
    #expect(finished.remark == " 2 of 2 rows have not been run.")
  }
}
