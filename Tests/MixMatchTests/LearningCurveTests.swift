import Engine
import MixMatch
import Testing

@Suite struct LearningCurveTests {
  /// Images without a known class count for the guesses' confidence, not for their accuracy.
  @Test func leavesUnknownClassesOutOfTheGuessesAccuracy() {
    let p = Tensor([0.9, 0.1, 0.2, 0.8, 0.6, 0.4], shape: [3, 2])
    func accuracy(_ labels: [Int]) -> Double {
      LearningCurve.GuessQuality(Guesses(raw: p, sharpened: p), hiddenLabels: labels).accuracy
    }
    #expect(accuracy([0, 0, 1]) == 1.0 / 3)
    #expect(accuracy([0, -1, -1]) == 1)
    #expect(accuracy([-1, -1, -1]).isNaN)
  }

  /// Steps count by their images with a known class: 1 of 1, none, and 1 of 3 make 2 of 4.
  @Test func aStepWithoutKnownClassesDoesNotCount() {
    let p = Tensor([0.9, 0.1, 0.2, 0.8, 0.6, 0.4], shape: [3, 2])
    let loss = Loss(
      labelled: Tensor([1], shape: [1]), guesses: Guesses(raw: p, sharpened: p))
    var curve = LearningCurve()
    for labels in [[0, -1, -1], [-1, -1, -1], [0, 0, 1]] { curve.add(loss, hiddenLabels: labels) }
    curve.closePoint(after: 3, validation: nil, test: nil)
    #expect(curve.points[0].guesses?.accuracy == 0.5)
    #expect(abs((curve.points[0].guesses?.confidence ?? 0) - 2.3 / 3) < 1e-6)
    curve.add(loss, hiddenLabels: [-1, -1, -1])
    curve.closePoint(after: 4, validation: nil, test: nil)
    #expect(curve.points[1].guesses?.accuracy.isNaN == true)
  }
}
