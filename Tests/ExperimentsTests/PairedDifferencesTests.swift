import Experiments
import ResultTables
import Testing

@Suite struct PairedDifferencesTests {
  /// Each seed is compared with the same seed, whatever their order; seeds that only one side has are left out.
  @Test func seedsArePaired() {
    let differences = pairedDifferences(
      [(seed: 0, value: 5), (seed: 1, value: 7), (seed: 3, value: 1)],
      [(seed: 1, value: 4), (seed: 0, value: 3), (seed: 2, value: 9)])
    #expect(differences == [2, 3])
    #expect(pairedDifferences([(seed: 0, value: 5)], [(seed: 1, value: 4)]).isEmpty)
  }
}
