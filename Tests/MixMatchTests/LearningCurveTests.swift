import Engine
import MixMatch
import Testing

@Suite struct LearningCurveTests {
  @Test func aPointHasTheMeansOfItsSteps() throws {
    let guesses = Guesses(
      raw: Tensor([0.5, 0.5, 1, 0], shape: [2, 2]),
      sharpened: Tensor([1, 0, 1, 0], shape: [2, 2]))
    var curve = LearningCurve()
    for (labelled, unlabelled) in [(1, 3), (2, 5)] as [(Float, Float)] {
      let loss = Loss(
        labelled: Tensor([labelled], shape: []), unlabelled: Tensor([unlabelled], shape: []),
        weight: 75, guesses: guesses)
      curve.add(loss, hiddenLabels: [0, 1])
    }
    curve.closePoint(after: 2, validation: 0.25, test: 0.5)
    let point = try #require(curve.points.first)
    #expect(point.step == 2 && point.validationAccuracy == 0.25 && point.testAccuracy == 0.5)
    #expect(point.labelledLoss == 1.5 && point.unlabelledLoss == 4)
    let quality = try #require(point.guesses)
    #expect(abs(quality.entropy - 0.5 * 0.693_147_180_56) < 1e-6)
    #expect(quality.sharpenedEntropy == 0)
  }

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

  /// A row of zeros is no guess, and not one of class 0.
  @Test func leavesImagesWithoutAGuessOut() {
    let p = Tensor([0.9, 0.1, 0, 0, 0.4, 0.6], shape: [3, 2])
    func quality(_ labels: [Int]) -> LearningCurve.GuessQuality {
      LearningCurve.GuessQuality(Guesses(raw: p, sharpened: p), hiddenLabels: labels)
    }
    #expect(quality([0, 0, 0]).accuracy == 0.5)
    #expect(quality([-1, 0, -1]).accuracy.isNaN)
    #expect(abs(quality([0, 0, 0]).confidence - 0.75) < 1e-7)
  }

  /// Neither its images nor the step itself count where no image has a guess.
  @Test func aStepWithoutGuessesDoesNotCount() {
    func loss(_ guesses: [Float]) -> Loss {
      let p = Tensor(guesses, shape: [2, 2])
      return Loss(labelled: Tensor([1], shape: []), guesses: Guesses(raw: p, sharpened: p))
    }
    let none = loss([0, 0, 0, 0])
    var curve = LearningCurve()
    for loss in [none, loss([0.75, 0.25, 0, 0]), loss([0.5, 0.5, 0.75, 0.25]), none] {
      curve.add(loss, hiddenLabels: [0, 1])
    }
    curve.closePoint(after: 4, validation: nil, test: nil)
    #expect(curve.points[0].guesses?.accuracy == 2.0 / 3)
    #expect(curve.points[0].guesses?.confidence == (0.75 + 0.625) / 2)
    curve.add(none, hiddenLabels: [0, 1])
    curve.closePoint(after: 5, validation: nil, test: nil)
    #expect(curve.points[1].guesses?.accuracy.isNaN == true)
    #expect(curve.points[1].guesses?.confidence.isNaN == true)
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
