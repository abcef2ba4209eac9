import Engine

/// Gradient descent with momentum and a gain for each coordinate (Jacobs 1988), as t-SNE has had it
/// from the start: a gain grows by 0.2 while gradient and velocity go against each other in sign,
/// shrinks by a fifth while they agree, and never falls below 0.01.
struct GradientDescent {
  private let velocities: UncheckedArray<SIMD2<Float>>
  private let gains: UncheckedArray<SIMD2<Float>>

  /// At rest, all gains one.
  init(points: Int) {
    velocities = UncheckedArray(count: points, repeating: .zero)
    gains = UncheckedArray(count: points, repeating: .one)
  }

  /// Moves the points one step against the gradient, exaggeration · A − R / Z.
  func move(
    _ points: UncheckedArray<SIMD2<Float>>, attraction: UncheckedArray<SIMD2<Float>>,
    exaggeration: Float,
    repulsion: UncheckedArray<SIMD2<Float>>, normaliser: Double, learningRate: Float,
    momentum: Float
  ) {
    let repulsionScale = Float(1 / normaliser)
    Parallel.forEachRange(of: points.count) { _, range in
      for point in range {
        let gradient = exaggeration * attraction[point] - repulsionScale * repulsion[point]
        let agree = gradient * velocities[point] .> 0
        let gain = greater(
          (gains[point] + 0.2).replacing(with: gains[point] * 0.8, where: agree),
          SIMD2(repeating: 0.01))
        gains[point] = gain
        velocities[point] = momentum * velocities[point] - learningRate * gain * gradient
        points[point] += velocities[point]
      }
    }
  }
}
