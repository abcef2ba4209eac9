import Datasets
import Engine
import MixMatch
import Testing

/// Measures of predictions, compared with NumPy.
@Suite struct PredictionMeasureTests {
  @Test func countsConfusions() {
    let matrix = ConfusionMatrix(
      labels: [0, 0, 0, 1, 1, 2], predictions: [0, 1, 1, 1, 0, 0], classes: 4)
    #expect(matrix.counts == [[1, 2, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    #expect(matrix.recall(of: 0) == 1.0 / 3 && matrix.recall(of: 2) == 0)
    #expect(matrix.recall(of: 3) == nil && matrix.precision(of: 3) == nil)
    #expect(matrix.precision(of: 1) == 1.0 / 3)
    #expect(
      matrix.confusions.map { [$0.label, $0.prediction, $0.count] } == [
        [0, 1, 2], [1, 0, 1], [2, 0, 1],
      ])
  }

  @Test func classesThatTheConfusionMatrixLacksAreAMistake() async {
    let sentence = "The classes of the confusion matrix are 0..<2; found "
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConfusionMatrix(labels: [], predictions: [], classes: 2).imageCount(of: 2)
    }
    #expect(standardError(of: result).contains(sentence + "2."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConfusionMatrix(labels: [], predictions: [], classes: 2).recall(of: -1)
    }
    #expect(standardError(of: result).contains(sentence + "-1."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConfusionMatrix(labels: [], predictions: [], classes: 2).precision(of: 2)
    }
    #expect(standardError(of: result).contains(sentence + "2."))
  }

  /// NumPy, for Guo et al.'s definition with 15 bins that are open on the left:
  /// sum(abs(conf[m].mean() - right[m].mean()) * m.mean()) over the bins m = (conf > lo) & (conf <= hi).
  @Test func measuresCalibrationAsNumPyDoes() {
    let confidences: [Float] = [
      0.658, 0.965, 0.401, 0.964, 0.518, 0.596, 0.879, 0.586, 0.685, 0.319, 0.827, 0.677, 0.531,
      0.852, 0.512, 0.617, 0.394, 0.582, 0.442, 0.484, 0.825, 0.496, 0.64, 0.987, 0.973, 0.807,
      0.679, 0.494, 0.412, 0.979, 0.661, 0.381, 0.736, 0.844, 0.729, 0.942, 0.328, 0.67, 0.622,
      0.344,
    ]
    let right = [
      0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1,
      0, 0, 1, 0, 1, 0, 0, 0, 0,
    ]
    let calibration = Calibration(confidences: confidences, isRight: right.map { $0 == 1 })
    #expect(abs(calibration.expectedError - 0.307) < 1e-6)
    #expect(calibration.bins.map(\.count).reduce(0, +) == 40)
  }

  @Test func putsConfidencesOnAnEdgeIntoTheLowerBin() {
    let calibration = Calibration(
      confidences: [0.5, 0.51, 1, 0], isRight: [true, false, true, false], binCount: 2)
    #expect(calibration.bins.map(\.count) == [2, 2])
    #expect(calibration.bins.map(\.accuracy) == [0.5, 0.5])
    #expect(Calibration(confidences: [], isRight: []).expectedError == 0)
  }

  /// Computed by Newcombe's formula from Wilson intervals of SciPy's `binomtest(k, n).proportion_ci(0.95, "wilson")`,
  /// for the numbers of images that both networks, only the first, only the second, and neither predict right.
  @Test(arguments: [
    ([36, 12, 2, 0], 0.0569295840032388, 0.3404276029749408),
    ([0, 0, 1, 0], -1, 0.12210872068194178),
    ([1, 0, 0, 0], -0.7934506856227626, 0.7934506856227626),
    ([800, 40, 30, 130], -0.006609017053161413, 0.026730754477401135),
  ])
  func boundsADifferenceOnTheSameImages(counts: [Int], lower: Double, upper: Double) {
    let kinds = [(true, true), (true, false), (false, true), (false, false)]
    let images = zip(kinds, counts).flatMap { Array(repeating: $0, count: $1) }
    let gain = PairedDifference(images.map(\.0), minus: images.map(\.1))
    #expect(gain.difference == Double(counts[1] - counts[2]) / Double(images.count))
    #expect(abs(gain.lower - lower) < 1e-6 && abs(gain.upper - upper) < 1e-6)
  }
}
