import Engine

/// Mixup (Zhang et al. 2018; MixMatch, equations 10 and 11): interpolates linearly between the examples
/// of two batches, images or labels.
///
/// mixup(a, b)ᵢ = λ′ᵢ·aᵢ + (1 − λ′ᵢ)·bᵢ
///
/// λ′ = 1 gives a, to the last bit. Mixtures of distributions are distributions. No gradient flows
/// through the result: mixtures are the network's input and targets.
///
/// - Parameters:
///   - a: Images (N, H, W, C) or distributions over the classes (N, classes).
///   - b: Their partners, of the same shape.
///   - λ: λ′ of each example, (N); the same for the images and for their labels.
/// - Returns: A batch of the same shape.
public func mixup(_ a: Tensor, _ b: Tensor, lambda λ: MixingCoefficients) -> Tensor {
  require(
    a.shape.first == λ.values.count,
    "\(λ.values.count) coefficients cannot mix a batch of shape \(a.shape).")
  return zipEntries(a, b) { example, a, b in
    let λ = λ.values[example]
    return λ * a + (1 - λ) * b
  }
}

/// The mixing coefficient λ′ of each example of a batch.
public struct MixingCoefficients: Sendable, Equatable {
  /// How many examples share one draw of λ′.
  public enum Sharing: String, Codable, Sendable, CaseIterable {
    /// One λ′ for the whole batch, as in the article's notebook.
    case perBatch = "batch"
    /// One λ′ for each example, as in the paper's code.
    case perExample = "example"
  }

  /// λ′ of each example, (N), from 0 to 1.
  public let values: [Float]

  /// The given coefficients, one for each example.
  public init(_ values: [Float]) {
    require(
      values.allSatisfy { (0...1).contains($0) }, "Coefficients lie in [0, 1], not \(values).")
    self.values = values
  }

  /// Random coefficients for a batch of `count` examples: λ′ = max(λ, 1 − λ), where λ is drawn from
  /// Beta(α, α) (MixMatch, equations 8 and 9). A mixture is therefore never closer to its second image
  /// than to its first.
  public init(
    _ sharing: Sharing, count: Int, alpha α: Double, random: inout RandomStream
  ) {
    let beta = SymmetricBeta(alpha: α)
    let draws = (0..<(sharing == .perBatch ? 1 : count)).map { _ in
      let λ = beta.draw(random: &random)
      return Float(max(λ, 1 - λ))
    }
    self.init(sharing == .perBatch ? Array(repeating: draws[0], count: count) : draws)
  }
}
