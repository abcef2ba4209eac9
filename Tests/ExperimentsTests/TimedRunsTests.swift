import Experiments
import ResultTables
import Testing

@Suite struct TimedRunsTests {
  /// Times of different processors have no common mean.
  @Test func onlyTimesOfOneProcessorAreAveraged() {
    let runs = [("Zen 5", 900), ("Zen 4", 1600), ("Zen 5", 910)]
    #expect(onOneProcessor(runs) { $0.0 }.map(\.1) == [900, 910])
    #expect(onOneProcessor([(nil, 1), ("Zen 5", 2)]) { $0.0 }.map(\.1) == [1])
    #expect(onOneProcessor([] as [String]) { $0 }.isEmpty)
  }

  @Test func ratiosCompareTimesOfOneProcessor() {
    let times = [("Zen 5", 900.0), ("Zen 4", 1600), ("Zen 4", 1200)]
    #expect(ratioOnOneProcessor(times, to: [("Zen 4", 600), ("Zen 4", 400), ("Zen 1", 1)]) == 2.8)
    #expect(ratioOnOneProcessor(times, to: [("Zen 4", 700), ("Zen 5", 300)]) == 3)
    #expect(ratioOnOneProcessor(times, to: [("Zen 1", 1)]) == nil)
    #expect(ratioOnOneProcessor([], to: times) == nil)
  }
}
