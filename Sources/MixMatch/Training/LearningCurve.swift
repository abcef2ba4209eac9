import Engine

/// Losses, accuracies and the quality of guessed labels over a training run, with one point for each
/// evaluation.
public struct LearningCurve: Codable, Sendable {
  /// The points in the order of the steps.
  public private(set) var points: [Point] = []
  /// The intervals of λ in the order of the steps, one element for every 100 steps; nil for a method that does not
  /// learn how to mix.
  public private(set) var mixing: [MixingMeans]?
  private var sums = Sums()

  /// The accuracies of one evaluation, and means over the steps since the previous evaluation.
  public struct Point: Codable, Sendable {
    /// The number of steps taken.
    public var step: Int
    /// The accuracy on the validation images, at the size that images have in the step; nil where none are
    /// held out.
    public var validationAccuracy: Double?
    /// The accuracy on the test images; nil where they are evaluated at the end only.
    public var testAccuracy: Double?
    /// The mean of the labelled loss Lₓ.
    public var labelledLoss: Double
    /// The mean of the unlabelled loss Lᵤ without its weight; 0 for a method that has none.
    public var unlabelledLoss: Double
    /// The quality of the guessed labels, for a method that guesses labels.
    public var guesses: GuessQuality?
  }

  /// A comparison of guessed labels with the true ones, which the method does not know.
  ///
  /// An image whose row of ``Guesses/sharpened`` is all zeros has no guess: it counts for the entropies only.
  public struct GuessQuality: Codable, Sendable {
    /// The fraction of guesses whose most probable class is the true one; NaN where no true class is known.
    public var accuracy = 0.0
    /// The mean probability of the most probable class, after sharpening; NaN without guesses.
    public var confidence = 0.0
    /// The mean entropy before sharpening, in nats.
    public var entropy = 0.0
    /// The mean entropy after sharpening, in nats.
    public var sharpenedEntropy = 0.0
  }

  /// The intervals from which ``AdaMixUp`` draws λ: means over the pairs of two different images in up to 100
  /// successive steps.
  public struct MixingMeans: Codable, Sendable {
    /// The number of steps taken in the training run.
    public var step: Int
    /// The number of steps that the means are over.
    public var count = 0
    /// The pairs of images with the same class.
    public var like = MeanInterval()
    /// The pairs of images with different classes.
    public var unlike = MeanInterval()
    /// The mean of the discriminator's loss.
    public var intrusionLoss = 0.0
  }

  /// The mean interval of some pairs of images.
  ///
  /// The interval of a pair is that of the share of the image with less than half of the mixture: an interval of λ
  /// whose middle is above ½ is replaced by that of 1 − λ. Otherwise the mean of λ near 0 and λ near 1 would
  /// look like strong mixing.
  public struct MeanInterval: Codable, Sendable {
    /// The number of pairs.
    public var pairs = 0.0
    /// The mean lower end; 0 without pairs.
    public var low = 0.0
    /// The mean upper end; 0 without pairs.
    public var high = 0.0
    /// The fraction of the pairs that are hardly mixed: the middle of the interval is below 0.05; 0 without pairs.
    public var unmixed = 0.0
  }

  private struct Sums: Codable, Sendable {
    var steps = 0.0
    var labelled = 0.0
    var unlabelled = 0.0
    var guesses: GuessQuality?
    /// The number of guesses for images whose true class is known, and of the right ones among them.
    var knownGuesses: Double?
    var rightGuesses: Double?
    /// The number of steps in which no image had a guess, and which add nothing to the confidence; nil for none.
    var stepsWithoutGuess: Double?

    /// Adds the guesses of a step; images without a known class count for all but the accuracy.
    mutating func add(_ step: Guesses, hiddenLabels: [Int]) {
      let guessed = step.mostProbableClasses
      var quality = GuessQuality(step, guessed, hiddenLabels: hiddenLabels)
      if guessed.isEmpty {
        quality.confidence = 0
        stepsWithoutGuess = (stepsWithoutGuess ?? 0) + 1
      }
      guesses = guesses.map { $0 + quality } ?? quality
      let known = Double(guessed.count { hiddenLabels[$0.image] >= 0 })
      guard known > 0 else { return }
      knownGuesses = (knownGuesses ?? 0) + known
      rightGuesses = (rightGuesses ?? 0) + (quality.accuracy * known).rounded()
    }

    /// The quality of the guesses of all steps; nil without guesses.
    var meanGuesses: GuessQuality? {
      guard var mean = guesses.map({ (1 / steps) * $0 }) else { return nil }
      mean.accuracy = (rightGuesses ?? .nan) / (knownGuesses ?? .nan)
      if let stepsWithoutGuess { mean.confidence *= steps / (steps - stepsWithoutGuess) }
      return mean
    }
  }

  /// A curve without points.
  package init() {}

  /// Adds the loss of a step to the means of the next point.
  ///
  /// - Parameters:
  ///   - loss: The loss of the step.
  ///   - hiddenLabels: The true classes of its unlabelled images; −1 for one that is not known.
  package mutating func add(_ loss: Loss, hiddenLabels: [Int]) {
    sums.steps += 1
    sums.labelled += Double(loss.labelled.scalar)
    sums.unlabelled += Double(loss.unlabelled?.scalar ?? 0)
    if let mixing = loss.mixing {
      add(mixing.pairs, intrusion: Double(loss.penalty?.scalar ?? 0))
    }
    guard let guesses = loss.guesses else { return }
    sums.add(guesses, hiddenLabels: hiddenLabels)
  }

  /// Adds the pairs of a step and the discriminator's loss to the newest element of ``mixing``, or to a new one
  /// after 100 steps.
  private mutating func add(_ pairs: [LearnedMixing.Pair], intrusion: Double) {
    var windows = mixing ?? []
    let step = windows.last?.step ?? 0
    if windows.isEmpty || windows[windows.count - 1].count == 100 {
      windows.append(MixingMeans(step: step))
    }
    windows[windows.count - 1].add(pairs, intrusion: intrusion)
    mixing = windows
  }

  /// Appends a point after `step` steps, and starts new means.
  package mutating func closePoint(after step: Int, validation: Double?, test: Double?) {
    points.append(
      Point(
        step: step, validationAccuracy: validation, testAccuracy: test,
        labelledLoss: sums.labelled / sums.steps, unlabelledLoss: sums.unlabelled / sums.steps,
        guesses: sums.meanGuesses))
    sums = Sums()
  }
}

private typealias MostProbableClass = (image: Int, index: Int, probability: Float)

extension Guesses {
  /// The most probable class of each image with a guess, one whose sharpened row is not all zeros.
  fileprivate var mostProbableClasses: [MostProbableClass] {
    sharpened.rowMaxima().enumerated().filter { $0.element.value != 0 }
      .map { (image: $0.offset, index: $0.element.index, probability: $0.element.value) }
  }
}

extension LearningCurve.GuessQuality {
  /// The quality of the guesses of one step against the true classes (N), of which −1 is not known.
  package init(_ guesses: Guesses, hiddenLabels: [Int]) {
    self.init(guesses, guesses.mostProbableClasses, hiddenLabels: hiddenLabels)
  }

  fileprivate init(_ guesses: Guesses, _ guessed: [MostProbableClass], hiddenLabels: [Int]) {
    let count = guesses.sharpened.rows
    require(
      count == hiddenLabels.count,
      "\(count) guesses cannot be compared with \(hiddenLabels.count) labels.")
    let known = guessed.filter { hiddenLabels[$0.image] >= 0 }
    let right = known.count { $0.index == hiddenLabels[$0.image] && !$0.probability.isNaN }
    accuracy = Double(right) / Double(known.count)
    confidence = guessed.reduce(0) { $0 + Double($1.probability) } / Double(guessed.count)
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

extension LearningCurve.MixingMeans {
  /// Adds the pairs of a step, and the discriminator's loss in it.
  fileprivate mutating func add(_ pairs: [LearnedMixing.Pair], intrusion: Double) {
    (step, count) = (step + 1, count + 1)
    for pair in pairs {
      if pair.hasSameClass { like.add(pair.interval) } else { unlike.add(pair.interval) }
    }
    intrusionLoss += (intrusion - intrusionLoss) / Double(count)
  }
}

extension LearningCurve.MeanInterval {
  /// Moves the means towards the interval of another pair.
  fileprivate mutating func add(_ interval: ClosedRange<Float>) {
    let ends = (low: Double(interval.lowerBound), high: Double(interval.upperBound))
    let share = ends.low + ends.high > 1 ? (low: 1 - ends.high, high: 1 - ends.low) : ends
    pairs += 1
    low += (share.low - low) / pairs
    high += (share.high - high) / pairs
    unmixed += ((share.low + share.high < 2 * 0.05 ? 1 : 0) - unmixed) / pairs
  }
}
