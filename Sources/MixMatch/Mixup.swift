import Engine

/// Mixup (Zhang et al. 2018; MixMatch, equations 10 and 11): interpolates linearly between the examples
/// of two batches, images or labels.
///
/// mixup(a, b)ᵢ = λ′ᵢ·aᵢ + (1 − λ′ᵢ)·bᵢ
///
/// λ′ = 1 gives a, without rounding, if b is finite. Mixtures of distributions are distributions. Gradients flow to a
/// and b, and to coefficients that depend on parameters.
///
/// - Parameters:
///   - a: Images or hidden states (N, H, W, C), or distributions over the classes (N, classes).
///   - b: Their partners, of the same shape.
///   - λ: λ′ of each example, (N); the same for the images and for their labels.
/// - Returns: A batch of the same shape.
public func mixup(_ a: Tensor, _ b: Tensor, lambda λ: MixingCoefficients) -> Tensor {
  require(
    a.shape.first == λ.values.count,
    "\(λ.values.count) coefficients cannot mix a batch of shape \(a.shape).")
  let mixed = zipEntries(a, b) { example, a, b in
    let λ = λ.values[example]
    return λ * a + (1 - λ) * b
  }
  return mixed.recorded(from: [a, b, λ.tensor]) { gradient in
    gradientsOfMixup(gradient, a, b, lambda: λ)
  }
}

/// The gradients with respect to a, b and λ′, (N); nil where none is needed.
private func gradientsOfMixup(
  _ gradient: Tensor, _ a: Tensor, _ b: Tensor, lambda λ: MixingCoefficients
) -> [Tensor?] {
  func scaled(_ factor: (Float) -> Float) -> Tensor {
    zipEntries(gradient, gradient) { example, g, _ in factor(λ.values[example]) * g }
  }
  func gradientOfλ() -> Tensor {
    let products = gradient * (a.detached - b.detached)
    return products.reshaped(to: [a.shape[0], a.count / a.shape[0]]).sum(axis: 1)
  }
  return [
    a.needsGradient ? scaled { $0 } : nil, b.needsGradient ? scaled { 1 - $0 } : nil,
    λ.tensor.needsGradient ? gradientOfλ() : nil,
  ]
}

/// The mixing coefficient λ′ of each example of a batch.
public struct MixingCoefficients: Sendable, Equatable {
  /// The examples that share one draw of λ′.
  public enum Sharing: String, Codable, Sendable, CaseIterable {
    /// One λ′ for the whole batch, as in the article's notebook.
    case perBatch = "batch"
    /// One λ′ for each example, as in the paper's code.
    case perExample = "example"
  }

  /// λ′ of each example, (N), from 0 to 1.
  public let values: [Float]
  /// The same coefficients as a tensor, (N), through which gradients flow if they depend on parameters.
  let tensor: Tensor

  /// The given coefficients, one for each example.
  public init(_ values: [Float]) {
    require(
      values.allSatisfy { (0...1).contains($0) }, "Coefficients lie in [0, 1], not \(values).")
    (self.values, tensor) = (values, Tensor(values, shape: [values.count]))
  }

  /// Coefficients that depend on parameters, (N), from 0 to 1 up to rounding; the values are clamped, the gradient is
  /// not.
  public init(_ tensor: Tensor) {
    require(
      tensor.shape.count == 1 && !tensor.scalars.contains { $0 < -1e-3 || $0 > 1 + 1e-3 },
      "Coefficients have the shape (N) and lie in [0, 1] up to rounding; found \(tensor.scalars) "
        + "of the shape \(tensor.shape).")
    // Rounding can move a sum of probabilities slightly above 1.
    (values, self.tensor) = (tensor.scalars.map { min(max($0, 0), 1) }, tensor)
  }

  /// Whether the coefficients are equal.
  public static func == (a: Self, b: Self) -> Bool { a.values == b.values }

  /// Random coefficients for a batch of `count` examples: λ′ = max(λ, 1 − λ), where λ is drawn from
  /// Beta(α, α) (MixMatch, equations 8 and 9). A mixture is therefore never closer to its second image
  /// than to its first.
  public init(
    _ sharing: Sharing, count: Int, alpha α: Double, random: inout RandomStream
  ) {
    require(count >= 0, "A batch has at least 0 examples; found \(count).")
    let beta = SymmetricBeta(alpha: α)
    let draws = (0..<(sharing == .perBatch ? 1 : count)).map { _ in
      let λ = beta.draw(random: &random)
      return Float(max(λ, 1 - λ))
    }
    self.init(sharing == .perBatch ? Array(repeating: draws[0], count: count) : draws)
  }
}
