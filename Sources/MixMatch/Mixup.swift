import Engine

/// Mixup (Zhang et al. 2018; MixMatch, equations 10 and 11): blends each example of a batch with
/// one of another, images and labels alike.
///
/// mixup(a, b)ᵢ = λ′ᵢ·aᵢ + (1 − λ′ᵢ)·bᵢ
///
/// Where λ′ = 1 it leaves a as it is, to the last bit. Blended distributions are distributions. No
/// gradient flows through: what is mixed is what the network is given.
///
/// - Parameters:
///   - a: Images (N, H, W, C) or distributions over the classes (N, classes).
///   - b: What they are blended with, of the same shape.
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

/// The coefficient λ′ of each example of a batch.
public struct MixingCoefficients: Sendable, Equatable {
  /// How many examples share a draw.
  public enum Sharing: String, Codable, Sendable, CaseIterable {
    /// One λ′ for the whole batch, as in the article's notebook.
    case perBatch = "batch"
    /// Each example has its own, as in the paper's code.
    case perExample = "example"
  }

  /// λ′ of each example, (N), from 0 to 1.
  public let values: [Float]

  /// Coefficients that were chosen, one an example.
  public init(_ values: [Float]) {
    require(
      values.allSatisfy { (0...1).contains($0) }, "Coefficients lie in [0, 1], not \(values).")
    self.values = values
  }

  /// Coefficients for a batch of `count` examples: λ′ = max(λ, 1 − λ) with λ drawn from Beta(α, α)
  /// (MixMatch, equations 8 and 9), so that a blend is never further from its first image than from
  /// its second.
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
