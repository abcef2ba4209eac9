/// A block of a pre-activated residual network (He et al. 2016, arXiv:1603.05027), fused into one
/// operation with one pass over memory per convolution.
///
///     h = act(norm₁(x)),  u = h ∗ w₁,  y = factor · act(norm₂(u)) ∗ w₂ + shortcut(h or x)
///
/// x and h are (N, H, W, C), u and y (N, H′, W′, D). Only u, y and the result of the shortcut's
/// convolution, if it has one, are written to memory: a convolution normalises and activates its input
/// while reading it, and the moments of u and y are accumulated while they are written.
struct FusedResidualBlock {
  /// The trainable tensors of a block.
  struct Weights {
    /// γ and β of the two normalisations, (C) and (D).
    let scale1, shift1, scale2, shift2: Tensor
    /// Filters (3, 3, C, D) and (3, 3, D, D).
    let convolution1, convolution2: Tensor
    /// Filters of the shortcut (1, 1, C, D); nil for an identity.
    let shortcut: Tensor?

    /// All tensors, in the order of their gradients in the backward pass.
    fileprivate var all: [Tensor] {
      [scale1, shift1, convolution1, scale2, shift2, convolution2] + [shortcut].compactMap { $0 }
    }
  }

  /// The hyperparameters of a block.
  struct Structure {
    /// The stride of the first convolution and of the shortcut, in pixels.
    let stride: Int
    /// The activation function applied after each normalisation.
    let activation: Activation
    /// The factor of the residual branch.
    let residualFactor: Float
    /// Whether the shortcut reads h, after the first activation, or the block's input x.
    let shortcutIsActivated: Bool
    /// ε, added to the variances.
    let epsilon: Float
  }

  /// The moments that the block normalises by.
  enum Normalisation {
    /// The batch statistics; those of x (C) are known, those of u are computed.
    case byBatch(x: ChannelMoments)
    /// Constant moments of x (C) and u (D).
    case fixed(x: ChannelMoments, u: ChannelMoments)
  }

  /// y (N, H′, W′, D) and, if the block normalises by batch statistics, the moments of u and y (D).
  struct Output {
    let y: Tensor
    let moments: (u: ChannelMoments, y: ChannelMoments)?
  }

  /// The input (N, H, W, C).
  private let x: Tensor
  private let weights: Weights
  private let structure: Structure
  private let momentsDependOnX: Bool
  private let convolution1, convolution2: ConvolutionGeometry
  private let shortcut: ConvolutionGeometry?
  /// The coefficients (C) of the first normalisation.
  private let norm1: NormalisationFactors

  /// Prepares a block for the input `x` (N, H, W, C).
  private init(
    _ x: Tensor, _ weights: Weights, _ structure: Structure, _ normalisation: Normalisation
  ) {
    (self.x, self.weights, self.structure) = (x, weights, structure)
    convolution1 = ConvolutionGeometry(
      input: x.shape, weights: weights.convolution1.shape, stride: structure.stride, padding: 1)
    convolution2 = ConvolutionGeometry(
      input: convolution1.outputShape, weights: weights.convolution2.shape, stride: 1, padding: 1)
    shortcut = weights.shortcut.map {
      ConvolutionGeometry(
        input: x.shape, weights: $0.shape, stride: structure.stride, padding: 0)
    }
    let moments: ChannelMoments
    switch normalisation {
    case .byBatch(let x): (moments, momentsDependOnX) = (x, true)
    case .fixed(let x, _): (moments, momentsDependOnX) = (x, false)
    }
    norm1 = NormalisationFactors(
      moments, scale: weights.scale1, shift: weights.shift1, epsilon: structure.epsilon)
  }

  /// Computes the output of a block for the input `x` (N, H, W, C) and records it on the tape.
  static func apply(
    to x: Tensor, _ weights: Weights, _ structure: Structure, _ normalisation: Normalisation
  ) -> Output {
    FusedResidualBlock(x, weights, structure, normalisation).forward(normalisation)
  }
}

// MARK: - Forward

extension FusedResidualBlock {
  /// h (N, H, W, C), computed from x while it is read.
  private var h: ImageSource { unsafe norm1.source(x, activation: structure.activation) }
  /// The input of the shortcut, h or x (N, H, W, C).
  private var shortcutInput: ImageSource {
    unsafe structure.shortcutIsActivated ? h : .stored(x.pointer)
  }

  /// Computes y (N, H′, W′, D), records it on the tape and, with batch statistics, takes the moments (D) of u and y.
  private func forward(_ normalisation: Normalisation) -> Output {
    let (u, uMoments) = unsafe convolve(
      h, convolution1, weights.convolution1, adding: nil, takingMoments: momentsDependOnX)
    let moments =
      switch normalisation {
      case .byBatch: uMoments!
      case .fixed(_, let u): u
      }
    let norm2 = NormalisationFactors(
      moments, scale: weights.scale2, shift: weights.shift2, epsilon: structure.epsilon)

    let projected = weights.shortcut.map {
      unsafe convolve(shortcutInput, shortcut!, $0, adding: nil, takingMoments: false).0
    }
    let scaledFilters = structure.residualFactor * weights.convolution2.detached
    // A source has the addresses of its tensors, but does not keep them alive.
    let (y, yMoments) = withExtendedLifetime((projected, norm2)) {
      unsafe convolve(
        norm2.source(u, activation: structure.activation), convolution2, scaledFilters,
        adding: projected.map { unsafe .stored($0.pointer) } ?? shortcutInput,
        takingMoments: momentsDependOnX)
    }
    let recorded = y.recorded(from: [x] + weights.all) { gradient in
      backward(gradient, u: u, norm2: norm2, scaledFilters: scaledFilters)
    }
    return Output(y: recorded, moments: uMoments.flatMap { u in yMoments.map { (u, $0) } })
  }

  /// Computes a convolution plus `addend`, and the moments of the sum if `takingMoments`.
  ///
  /// With the sizes of `geometry`, `source` is (N, H, W, C), `filters` (K, K, C, D), `addend` and the sum
  /// (N, H′, W′, D), and the moments are (D).
  private func convolve(
    _ source: ImageSource, _ geometry: ConvolutionGeometry, _ filters: Tensor,
    adding addend: ImageSource?, takingMoments: Bool
  ) -> (Tensor, ChannelMoments?) {
    let algorithm = geometry.algorithm
    let moments =
      takingMoments
      ? ColumnMoments(parts: algorithm.parts, columns: geometry.outputChannels) : nil
    let y = Tensor(uninitialised: geometry.outputShape)
    unsafe algorithm.convolve(source, filters.pointer, into: y.pointer) { part, pixels in
      let start = pixels.lowerBound * geometry.outputChannels
      unsafe addend?.add(
        from: start, pixels: pixels.count, channels: geometry.outputChannels,
        to: y.pointer + start)
      unsafe moments?.add(y.pointer + start, rows: pixels.count, to: part)
    }
    return (y, moments.map { ChannelMoments($0, channels: geometry.outputChannels) })
  }
}

// MARK: - Backward

extension FusedResidualBlock {
  /// Computes the gradients with respect to x and all weights from that with respect to y.
  ///
  /// - Parameters:
  ///   - gradient: The gradient with respect to y (N, H′, W′, D).
  ///   - u: The input of the second normalisation (N, H′, W′, D).
  ///   - norm2: The coefficients (D) of the second normalisation.
  ///   - scaledFilters: factor · w₂ (3, 3, D, D).
  /// - Returns: The gradients of the shapes of x and of the weights, in the order of `Weights.all`.
  private func backward(
    _ gradient: Tensor, u: Tensor, norm2: NormalisationFactors, scaledFilters: Tensor
  ) -> [Tensor?] {
    let (shortcutGradient, shortcutFilters) = differentiateShortcut(gradient)
    let (second, uGradient, filters2) = unsafe differentiate(
      convolution2, norm2, before: u, scaledFilters, scale: structure.residualFactor,
      gradient: .stored(gradient.pointer), shortcutGradient: nil)
    let (first, normalisedGradient, filters1) = withExtendedLifetime((second, uGradient)) {
      unsafe differentiate(
        convolution1, norm1, before: x, weights.convolution1, scale: 1,
        gradient: second.source(uGradient, u),
        shortcutGradient: structure.shortcutIsActivated ? shortcutGradient : nil)
    }
    let xGradient = withExtendedLifetime((first, normalisedGradient)) {
      unsafe materialised(first.source(normalisedGradient, x), shape: x.shape)
    }
    return [
      structure.shortcutIsActivated ? xGradient : xGradient + shortcutGradient,
      first.scale, first.shift, filters1,
      second.scale, second.shift, filters2,
    ] + (shortcutFilters.map { [$0] } ?? [])
  }

  /// Computes the gradients with respect to the shortcut's input and to its filters, if it has any.
  ///
  /// - Parameter gradient: The gradient with respect to y (N, H′, W′, D).
  /// - Returns: The gradients (N, H, W, C) and (1, 1, C, D); the latter is nil without filters.
  private func differentiateShortcut(_ gradient: Tensor) -> (Tensor, filters: Tensor?) {
    guard let shortcut, let filters = weights.shortcut else { return (gradient, nil) }
    let inputGradient = Tensor(uninitialised: x.shape)
    let filterGradient = Tensor(uninitialised: filters.shape)
    unsafe shortcut.algorithm.differentiate(
      shortcutInput, filters.pointer, outputGradient: .stored(gradient.pointer),
      into: ConvolutionGradients(input: inputGradient.pointer, weights: filterGradient.pointer),
      finish: { _, _ in })
    return (inputGradient, shortcut.share.sum(of: filterGradient))
  }

  /// Differentiates a convolution of act(norm(x)), whose `filters` are `scale` × a parameter.
  ///
  /// With the sizes of `geometry`, `x` and `shortcutGradient` are (N, H, W, C), `filters` (K, K, C, D) and
  /// `gradient`, with respect to the convolution's output, (N, H′, W′, D). `shortcutGradient`, if there is
  /// one, is added to the gradient with respect to act(norm(x)).
  ///
  /// - Returns: The coefficients (C) of the gradient with respect to x, the gradient with respect to
  ///   norm(x) (N, H, W, C), and that with respect to the parameter (K, K, C, D).
  private func differentiate(
    _ geometry: ConvolutionGeometry, _ norm: NormalisationFactors, before x: Tensor,
    _ filters: Tensor, scale: Float, gradient: ImageSource, shortcutGradient: Tensor?
  ) -> (NormalisationGradient, Tensor, filters: Tensor) {
    let algorithm = geometry.algorithm
    let sums = NormalisationGradientSums(norm, parts: algorithm.parts)
    let normalisedGradient = Tensor(uninitialised: x.shape)
    let filterGradient = Tensor(uninitialised: filters.shape)
    unsafe algorithm.differentiate(
      norm.source(x, activation: structure.activation), filters.pointer,
      outputGradient: gradient,
      into: ConvolutionGradients(
        input: normalisedGradient.pointer, weights: filterGradient.pointer)
    ) { part, pixels in
      let start = pixels.lowerBound * geometry.inputChannels
      unsafe sums.backpropagate(
        through: structure.activation, normalisedGradient.pointer + start,
        shortcut: shortcutGradient.map { unsafe UnsafePointer($0.pointer + start) },
        unsafe x.pointer + start,
        rows: pixels.count, part: part)
    }
    let result = sums.result(
      rows: algorithm.parts.rows(of: x), momentsDependOnX: momentsDependOnX)
    return (result, normalisedGradient, geometry.share.sum(of: filterGradient, times: scale))
  }
}
