import Engine
import MixMatch

/// What was seen of a training on its way, a point at each judgement.
public struct LearningCurve: Codable, Sendable {
  /// The points, oldest first.
  public private(set) var points: [Point] = []
  private var sums = Sums()

  /// One judgement, and the means of what happened since the one before.
  public struct Point: Codable, Sendable {
    /// Iterations done.
    public var step: Int
    /// The share of right answers on the validation images; nil where there are none.
    public var validationAccuracy: Double?
    /// The same on the test images, where they were to be judged.
    public var testAccuracy: Double?
    /// Lₓ.
    public var labelledLoss: Double
    /// Lᵤ without its weight; 0 for a method that has none.
    public var unlabelledLoss: Double
    /// How good the guesses were, where there were any.
    public var guesses: GuessQuality?
  }

  /// How guessed labels compare with the truth, which the method does not know.
  public struct GuessQuality: Codable, Sendable {
    /// The share of guesses whose likeliest class is the true one.
    public var accuracy = 0.0
    /// The mean probability of the likeliest class, after sharpening.
    public var confidence = 0.0
    /// The mean entropy in nats, before sharpening.
    public var entropy = 0.0
    /// The mean entropy in nats, after it.
    public var sharpenedEntropy = 0.0
  }

  private struct Sums: Codable, Sendable {
    var steps = 0.0
    var labelled = 0.0
    var unlabelled = 0.0
    var guesses: GuessQuality?
  }

  /// No points.
  public init() {}

  /// Takes in a step: its loss, and the true classes of its unlabelled images.
  package mutating func add(_ loss: Loss, truth: [Int]) {
    sums.steps += 1
    sums.labelled += Double(loss.labelled.scalar)
    sums.unlabelled += Double(loss.unlabelled?.scalar ?? 0)
    guard let guesses = loss.guesses else { return }
    let quality = GuessQuality(guesses, truth: truth)
    sums.guesses = sums.guesses.map { $0 + quality } ?? quality
  }

  /// Closes a point after `step` steps.
  mutating func close(after step: Int, validation: Double?, test: Double?) {
    points.append(
      Point(
        step: step, validationAccuracy: validation, testAccuracy: test,
        labelledLoss: sums.labelled / sums.steps, unlabelledLoss: sums.unlabelled / sums.steps,
        guesses: sums.guesses.map { (1 / sums.steps) * $0 }))
    sums = Sums()
  }
}

extension LearningCurve.GuessQuality {
  /// That of the guesses of one step.
  init(_ guesses: Guesses, truth: [Int]) {
    let maxima = guesses.sharpened.rowMaxima()
    let count = Double(truth.count)
    accuracy = Double(zip(maxima, truth).count { $0.index == $1 }) / count
    confidence = maxima.reduce(0) { $0 + Double($1.value) } / count
    entropy = meanEntropy(guesses.raw)
    sharpenedEntropy = meanEntropy(guesses.sharpened)
  }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.accuracy += b.accuracy
    sum.confidence += b.confidence
    sum.entropy += b.entropy
    sum.sharpenedEntropy += b.sharpenedEntropy
    return sum
  }

  static func * (factor: Double, a: Self) -> Self {
    var product = a
    product.accuracy *= factor
    product.confidence *= factor
    product.entropy *= factor
    product.sharpenedEntropy *= factor
    return product
  }
}
