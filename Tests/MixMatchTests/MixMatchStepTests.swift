import Engine
import Foundation
import MixMatch
import Testing

/// The MixMatch step compared with the paper's equations in Double, for a linear model.
@Suite struct MixMatchStepTests {
  private static let (B, K, classes) = (6, 2, 4)
  private let model = PixelClassifier(classes: classes)
  private let batch = Batch(
    labelled: Examples(
      images: noise("x", [B, 2, 2, 3]), labels: oneHot([0, 1, 2, 3, 0, 1], classes: classes)),
    unlabelled: noise("u", [K * B, 2, 2, 3]))

  /// q̄ₙ = 1/K · Σₖ softmax(model(ûₖₙ)), and q ∝ q̄^(1/T).
  @Test func guessesAreMeansOverVersionsAndSharpened() {
    var random = RandomStream(seed: 1, "test")
    let guesses = MixMatchStep().mix(batch, by: model, random: &random).guesses
    let p = softmax(model(batch.unlabelledImages, .training)).scalars.map(Double.init)
    let n = Self.B * Self.classes
    let mean = (0..<n).map { (p[$0] + p[n + $0]) / 2 }
    #expect(distance(guesses.raw, mean) < 1e-6)
    let sharpened = (0..<n).map { i in
      let row = i / Self.classes * Self.classes
      return mean[i] * mean[i] / (row..<row + Self.classes).reduce(0) { $0 + mean[$1] * mean[$1] }
    }
    #expect(distance(guesses.sharpened, sharpened) < 1e-6)
  }

  /// Each example of X′ and U′ is λ′·itself + (1 − λ′)·partner, for images and labels; the partners are a
  /// permutation.
  @Test func eachExampleIsMixedWithItsPartner() throws {
    var step = MixMatchStep()
    step.sharing = .perExample
    var random = RandomStream(seed: 1, "test")
    let mixed = step.mix(batch, by: model, random: &random)
    let own = unmixed(mixed.guesses)
    let result = Examples(concatenating: [mixed.X, mixed.U])
    #expect(mixed.X.count == Self.B && mixed.U.count == Self.K * Self.B)
    var random2 = RandomStream(seed: 1, "test")
    let order = random2.permutation(of: own.count)
    let λ = MixingCoefficients(
      .perExample, count: own.count, alpha: step.alpha, random: &random2)
    let expected = mixup(own, own.gathered(order), lambda: λ)
    #expect(result.images.scalars == expected.images.scalars)
    #expect(result.labels.scalars == expected.labels.scalars)
  }

  /// Unmixed examples stay unchanged, and without ``MixupPairing/together`` partners are of the same kind.
  @Test(arguments: MixupPairing.allCases) func pairingsMixTheRightExamples(pairing: MixupPairing) {
    var step = MixMatchStep()
    step.pairing = pairing
    var random = RandomStream(seed: 2, "test")
    // Images of one kind are all 0, of the other all 1.
    let batch = Batch(
      labelled: Examples(
        images: Tensor(repeating: 0, shape: [Self.B, 2, 2, 3]), labels: batch.labelled.labels),
      unlabelled: Tensor(repeating: 1, shape: [Self.K * Self.B, 2, 2, 3]))
    let mixed = step.mix(batch, by: model, random: &random)
    let labels = mixed.X.labels.scalars
    let isMixed = (
      X: labels != batch.labelled.labels.scalars,
      U: mixed.U.labels.scalars
        != concatenated([mixed.guesses.sharpened, mixed.guesses.sharpened]).scalars
    )
    let crosses = [
      mixed.X.images.scalars.contains { $0 != 0 }, mixed.U.images.scalars.contains { $0 != 1 },
    ]
    #expect(crosses == Array(repeating: pairing == .together, count: 2))
    #expect(isMixed.X == ![.unlabelledOnly, .none].contains(pairing))
    #expect(isMixed.U == ![.labelledOnly, .none].contains(pairing))
  }

  /// Equations 3 to 5 in Double. Without batch norm, the loss is the same for all kinds of groups.
  @Test(arguments: BatchNormGroups.allCases) func lossMatchesThePaper(groups: BatchNormGroups)
    throws
  {
    var step = MixMatchStep()
    step.batchNorm = groups
    step.rampSteps = 100
    var random = RandomStream(seed: 3, "test")
    let mixed = step.mix(batch, by: model, random: &random)
    var again = RandomStream(seed: 3, "test")
    let loss = step.loss(batch, by: MethodNetworks(model), step: 25, random: &again)

    let logX = rows(logSoftmax(of: mixed.X.images))
    let pU = rows(logSoftmax(of: mixed.U.images)).map { $0.map(exp) }
    let (X, U) = (rows(mixed.X.labels), rows(mixed.U.labels))
    let labelled =
      -zip(X, logX).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + $1.0 * $1.1 } }
      / Double(X.count)
    let unlabelled =
      zip(U, pU).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + pow($1.0 - $1.1, 2) } }
      / Double(U.count * Self.classes)
    #expect(abs(Double(loss.labelled.scalar) - labelled) < 1e-6)
    #expect(abs(Double(try #require(loss.unlabelled).scalar) - unlabelled) < 1e-7)
    #expect(loss.weight == 75 * 0.25)
    #expect(
      abs(Double(loss.total.scalar) - (labelled + 75 * 0.25 * unlabelled)) < 1e-5)
  }

  /// Interleaved groups update the running statistics once, with the first group; the whole batch updates them for each
  /// batch of guesses, of all versions or of one, and for the loss.
  @Test(arguments: BatchNormGroups.allCases) func theNetworkIsCalledForEachGroup(
    groups: BatchNormGroups
  ) {
    let norm = CountingNetwork(classes: Self.classes)
    var step = MixMatchStep()
    step.batchNorm = groups
    var random = RandomStream(seed: 4, "test")
    _ = step.loss(batch, by: MethodNetworks(norm), step: 1, random: &random)
    let rows = Self.B * (Self.K + 1)
    switch groups {
    case .whole:
      #expect(norm.calls.map(\.images) == [Self.K * Self.B, rows])
      #expect(norm.calls.allSatisfy { $0.mode == .training })
    case .versionsApart:
      #expect(norm.calls.map(\.images) == [Self.B, Self.B, rows])
      #expect(norm.calls.allSatisfy { $0.mode == .training })
    case .interleaved:
      // Two versions are guessed one by one, then three groups are trained.
      #expect(norm.calls.map(\.images) == [Self.B, Self.B, 6, 6, 6])
      #expect(norm.calls.map { $0.mode == .training } == [false, false, true, false, false])
    }
  }

  /// Guesses are scaled by the running means of labels and of guesses, which start uniform and contain the batches before
  /// this one, and then sharpened; the means are those of the guesses before both.
  @Test func guessesAreAlignedWithTheLabels() {
    var step = MixMatchStep()
    step.alignment = DistributionAlignment()
    step.alignment?.decay = 0.75
    var random = RandomStream(seed: 1, "test")
    let frequencies = step.makeAuxiliary(for: model, images: batch.labelled.images, random: &random)
    func guesses() -> Guesses {
      step.mix(batch, by: model, frequencies: frequencies as? ClassFrequencies, random: &random)
        .guesses
    }
    let uniform = [Double](repeating: 1 / Double(Self.classes), count: Self.classes)
    var (labelMeans, guessMeans) = (uniform, uniform)
    func move(_ means: inout [Double], towards rows: [[Double]]) {
      for i in means.indices {
        means[i] = 0.75 * means[i] + 0.25 * rows.reduce(0) { $0 + $1[i] } / Double(rows.count)
      }
    }
    for batchNumber in 1...3 {
      let found = guesses()
      let q̄ = rows(found.raw)
      let expected = q̄.flatMap { row -> [Double] in
        let powers = row.indices.map { pow(row[$0] * labelMeans[$0] / guessMeans[$0], 2) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
      #expect(distance(found.sharpened, expected) < 1e-5, "batch \(batchNumber)")
      move(&labelMeans, towards: rows(batch.labelled.labels))
      move(&guessMeans, towards: q̄)
    }
    #expect(zip(labelMeans, guessMeans).contains { abs($0 - $1) > 0.01 })
  }

  /// Without alignment the step keeps nothing between batches, and its record does not name it.
  @Test func alignmentIsOff() throws {
    var random = RandomStream(seed: 1, "test")
    let auxiliary = MixMatchStep().makeAuxiliary(
      for: model, images: batch.labelled.images, random: &random)
    #expect(auxiliary == nil)
    let record = String(decoding: try JSONEncoder().encode(MixMatchStep()), as: UTF8.self)
    #expect(!record.contains("alignment"))
  }

  /// Versions that are guessed separately are normalised by their own statistics.
  @Test func versionsCanBeGuessedSeparately() {
    var random = RandomStream(seed: 0, "batch norm")
    let normalised = Sequential(
      BatchNorm(channels: 3), GlobalAveragePool(),
      Linear(inputs: 3, outputs: Self.classes, random: &random))
    let û = batch.unlabelledImages
    let guess = guessLabels(
      of: û, versions: 2, by: normalised, .trainingWithFrozenStatistics, separately: true)
    let halves = [û[0..<Self.B], û[Self.B..<2 * Self.B]].map {
      softmax(normalised($0, .trainingWithFrozenStatistics)).scalars
    }
    let mean = zip(halves[0], halves[1]).map { Double($0 + $1) / 2 }
    #expect(distance(guess, mean) < 1e-6)
    let together = guessLabels(
      of: û, versions: 2, by: normalised, .trainingWithFrozenStatistics)
    #expect(distance(together, mean) > 1e-3)
  }

  /// A group without labelled examples contributes no labelled loss: with two labelled images in three
  /// groups, the loss of a model without batch norm is that of the whole batch.
  @Test func groupsWithoutLabelledExamplesGiveTheSameLoss() throws {
    let small = Batch(labelled: batch.labelled[0..<2], unlabelled: batch.unlabelledImages)
    func loss(_ groups: BatchNormGroups, _ model: any Layer) -> Loss {
      var step = MixMatchStep()
      step.batchNorm = groups
      var random = RandomStream(seed: 5, "test")
      return step.loss(small, by: MethodNetworks(model), step: 1000, random: &random)
    }
    let (whole, interleaved) = (loss(.whole, model), loss(.interleaved, model))
    #expect(abs(whole.labelled.scalar - interleaved.labelled.scalar) < 1e-6)
    let unlabelled = [whole, interleaved].compactMap { $0.unlabelled?.scalar }
    try #require(unlabelled.count == 2)
    #expect(abs(unlabelled[0] - unlabelled[1]) < 1e-6)

    var random = RandomStream(seed: 0, "batch norm")
    let normalised = Sequential(
      GlobalAveragePool(), BatchNorm(channels: 3),
      Linear(inputs: 3, outputs: Self.classes, random: &random))
    let total = loss(.interleaved, normalised).total
    #expect(total.scalar.isFinite)
    total.backward()
    for (name, parameter) in normalised.parameters {
      let gradient = try #require(parameter.gradient, "\(name)")
      #expect(gradient.scalars.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  // MARK: - In Double

  private func unmixed(_ guesses: Guesses) -> Examples {
    Examples(
      concatenating: [
        batch.labelled,
        Examples(
          images: batch.unlabelledImages,
          labels: concatenated([guesses.sharpened, guesses.sharpened])),
      ])
  }

  private func logSoftmax(of images: Tensor) -> Tensor {
    let logits = model(images, .evaluation)
    return Tensor(
      rows(logits).flatMap { row -> [Float] in
        let total = log(row.reduce(0) { $0 + exp($1) })
        return row.map { Float($0 - total) }
      }, shape: logits.shape)
  }

  private func rows(_ tensor: Tensor) -> [[Double]] {
    let (scalars, columns) = (tensor.scalars.map(Double.init), tensor.shape[1])
    return stride(from: 0, to: scalars.count, by: columns).map {
      Array(scalars[$0..<$0 + columns])
    }
  }

  private func distance(_ a: Tensor, _ b: [Double]) -> Double {
    a.count == b.count ? zip(a.scalars, b).map { abs(Double($0) - $1) }.max()! : .infinity
  }
}

/// A linear layer on the mean colour.
private final class PixelClassifier: Layer {
  private let linear: Linear

  init(classes: Int) {
    var random = RandomStream(seed: 0, "pixel classifier")
    linear = Linear(inputs: 3, outputs: classes, random: &random)
  }

  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { linear(globalAveragePool(x), mode) }
}

/// A linear model that records its calls.
private final class CountingNetwork: Layer {
  private let network: PixelClassifier
  private(set) var calls: [(images: Int, mode: Mode)] = []

  init(classes: Int) { network = PixelClassifier(classes: classes) }

  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    calls.append((x.shape[0], mode))
    return network(x, mode)
  }
}

private func noise(_ name: String, _ shape: [Int]) -> Tensor {
  var random = RandomStream(seed: 0, name)
  return .normal(shape: shape, random: &random)
}
