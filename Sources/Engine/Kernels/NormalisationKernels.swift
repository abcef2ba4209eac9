/// Batch normalisation in the form y = x·factor + offset, with coefficients per channel (C).
struct NormalisationFactors {
  /// The moments that x is normalised by, (C).
  let moments: ChannelMoments
  /// 1 / √(variance + ε), (C).
  let inverseDeviation: Tensor
  /// scale·inverseDeviation, (C).
  let factor: Tensor
  /// shift − mean·factor, (C).
  let offset: Tensor

  /// Computes the coefficients from moments, scale (γ) and shift (β), all (C), and ε.
  init(_ moments: ChannelMoments, scale: Tensor, shift: Tensor, epsilon: Float) {
    let channels = scale.count
    require(
      [moments.mean, moments.variance, scale, shift].allSatisfy { $0.shape == [channels] },
      "Batch normalisation needs mean, variance, scale and shift of shape [\(channels)]; found "
        + "\([moments.mean, moments.variance, scale, shift].map(\.shape)).")
    self.moments = moments
    inverseDeviation = unsafe filled([channels]) {
      for c in 0..<channels {
        unsafe $0[c] = 1 / (moments.variance.pointer[c] + epsilon).squareRoot()
      }
    }
    factor = unsafe filled([channels]) { [inverseDeviation] in
      for c in 0..<channels { unsafe $0[c] = scale.pointer[c] * inverseDeviation.pointer[c] }
    }
    offset = unsafe filled([channels]) { [factor] in
      for c in 0..<channels {
        unsafe $0[c] = shift.pointer[c] - moments.mean.pointer[c] * factor.pointer[c]
      }
    }
  }

  /// The normalised and activated `x` (N, …, C) as the input of a convolution.
  func source(_ x: Tensor, activation: Activation) -> ImageSource {
    unsafe .normalised(
      x.pointer, scale: factor.pointer, shift: offset.pointer, slope: activation.slope)
  }
}

/// The sums that the gradients of a batch normalisation need, accumulated block by block.
struct NormalisationGradientSums {
  /// The sums over rows of g, the gradient with respect to the output, (C) for each part.
  private let gradients: PartialSums
  /// The sums over rows of g·(x − mean), (C) for each part.
  private let products: PartialSums
  private let factors: NormalisationFactors
  private let channels: Int

  /// Allocates sums of zero for the normalisation with the coefficients `factors` (C).
  init(_ factors: NormalisationFactors, parts: BatchParts) {
    self.factors = factors
    channels = factors.factor.count
    gradients = PartialSums(parts: parts, count: channels)
    products = PartialSums(parts: parts, count: channels)
  }

  /// Adds rows of the gradient with respect to the output of the normalisation.
  ///
  /// `gradient` and `x`, the input of the normalisation, are (rows, C).
  func add(_ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, to part: Int) {
    unsafe collect(x, rows: rows, part: part) { offset, c, _ in unsafe c.load(gradient + offset) }
  }

  /// Backpropagates through the activation after the normalisation, and adds the resulting rows.
  ///
  /// `gradient`, with respect to the output of the activation, is replaced by the gradient with
  /// respect to its input. `shortcut`, if there is one, is added to `gradient` first. `gradient`,
  /// `shortcut` and `x`, the input of the normalisation, are (rows, C).
  func backpropagate(
    through activation: Activation, _ gradient: UnsafeMutablePointer<Float>,
    shortcut: UnsafePointer<Float>?, _ x: UnsafePointer<Float>, rows: Int, part: Int
  ) {
    let slope = activation.slope
    unsafe collect(x, rows: rows, part: part) { offset, c, normalised in
      var g = unsafe c.load(gradient + offset)
      if let shortcut = unsafe shortcut { unsafe g += c.load(shortcut + offset) }
      let before = leaky(g, slope: slope, where: normalised)
      unsafe c.store(before, to: gradient + offset)
      return before
    }
  }

  /// Adds the gradients that `gradient` returns for the rows of the input `x` (rows, C).
  ///
  /// `gradient` gets the offset of a row, some of its channels and their normalised values.
  @inline(__always)
  private func collect(
    _ x: UnsafePointer<Float>, rows: Int, part: Int,
    _ gradient: (_ offset: Int, ColumnVector, _ normalised: Vector) -> Vector
  ) {
    let (factor, offset) = unsafe (factors.factor.pointer, factors.offset.pointer)
    let mean = unsafe factors.moments.mean.pointer
    let (sum, product) = unsafe (gradients[part], products[part])
    for row in 0..<rows {
      forEachColumnVector(channels) { c in
        let x = unsafe c.load(x + row * channels)
        let g = unsafe gradient(row * channels, c, c.load(offset).addingProduct(x, c.load(factor)))
        unsafe c.store(c.load(sum) + g, to: sum)
        unsafe c.store(c.load(product).addingProduct(g, x - c.load(mean)), to: product)
      }
    }
  }

  /// Computes the gradients with respect to scale and shift, and the coefficients of the gradient with
  /// respect to the input.
  ///
  /// If the moments depend on x, it is factor·(g − mean of g − x̂ · mean of g·x̂) over the `rows` rows of the
  /// whole batch, those of other processes included, otherwise factor·g.
  func result(rows: Int, momentsDependOnX: Bool) -> NormalisationGradient {
    let scaleGradient = Tensor(uninitialised: [channels])
    let shiftGradient = Tensor(uninitialised: [channels])
    unsafe products.sum(into: scaleGradient.pointer)
    unsafe gradients.sum(into: shiftGradient.pointer)
    let deviation = unsafe factors.inverseDeviation.pointer
    for c in 0..<channels { unsafe scaleGradient.pointer[c] *= deviation[c] }

    let factor = unsafe factors.factor.pointer
    let rowWeight: Float = momentsDependOnX ? 1 / Float(rows) : 0
    let inputFactor = unsafe filled([channels]) {
      for c in 0..<channels {
        unsafe $0[c] = -factor[c] * deviation[c] * scaleGradient.pointer[c] * rowWeight
      }
    }
    let offset = unsafe filled([channels]) {
      let mean = unsafe factors.moments.mean.pointer
      for c in 0..<channels {
        unsafe $0[c] =
          -factor[c] * shiftGradient.pointer[c] * rowWeight - mean[c] * inputFactor.pointer[c]
      }
    }
    return NormalisationGradient(
      scale: scaleGradient, shift: shiftGradient, gradientFactor: factors.factor,
      inputFactor: inputFactor, offset: offset)
  }
}

/// The gradients with respect to scale and shift (C) of a batch normalisation, and the coefficients
/// (C) of the one with respect to its input, g·gradientFactor + x·inputFactor + offset.
struct NormalisationGradient {
  let scale: Tensor
  let shift: Tensor
  let gradientFactor: Tensor
  let inputFactor: Tensor
  let offset: Tensor

  /// The gradient with respect to the input `x`, where `gradient` is that with respect to the output, all
  /// (N, …, C).
  func source(_ gradient: Tensor, _ x: Tensor) -> ImageSource {
    unsafe .normalisationGradient(
      gradient.pointer, input: x.pointer, gradientFactor: gradientFactor.pointer,
      inputFactor: inputFactor.pointer, offset: offset.pointer)
  }
}
