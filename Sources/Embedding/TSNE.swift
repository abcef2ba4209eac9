import Engine

/// t-distributed stochastic neighbour embedding: a map of high-dimensional points in two dimensions that
/// keeps neighbours close (van der Maaten and Hinton 2008; van der Maaten 2014).
///
///     let embedding = try TSNE().embed(PCA(fitting: pixels, components: 50).transform(pixels))
///
/// The same rows and settings give the same bits, whatever the value of `Parallel.threads`.
public struct TSNE: Sendable {
  /// The initial positions of the points.
  public enum Initialisation: Sendable {
    /// The first two principal components of the rows, scaled to a standard deviation of 10⁻⁴ along
    /// the first.
    case principalComponents
    /// Draws from a normal distribution of standard deviation 10⁻⁴.
    case random(seed: UInt64)
  }

  /// The perplexity: roughly the number of neighbours that attract a point, at least 1.
  ///
  /// The affinities of a point are computed over its 3 · perplexity + 1 nearest neighbours.
  public var perplexity: Float = 30
  /// The factor on the attraction during the first iterations, which lets clusters form; at least 1.
  public var earlyExaggeration: Float = 12
  /// The number of iterations with early exaggeration, included in ``iterations``.
  public var exaggerationIterations = 250
  /// The total number of iterations.
  public var iterations = 1000
  /// The learning rate; `nil` chooses it from the number of points.
  ///
  /// It multiplies the gradient without its factor of 4, as in most implementations; scikit-learn's
  /// value is a quarter of it. If `nil`, it is the number of points divided by the current
  /// exaggeration, and at least 200 (Belkina et al. 2019, doi:10.1038/s41467-019-13055-y; openTSNE
  /// does the same).
  public var learningRate: Float?
  /// The initial positions of the points.
  public var initialisation = Initialisation.principalComponents
  /// The accuracy parameter θ of Barnes and Hut, from 0 (exact) to 0.7 (coarse).
  ///
  /// Above 1/√2 a node of the tree could stand for the very points that it acts on.
  public var theta: Float = 0.5

  /// Creates an embedding with the usual settings.
  public init() {}

  /// Points in the plane, and how well they keep the neighbourhoods.
  public struct Embedding: Sendable {
    /// The position of each row of the input: (rows).
    public let points: [SIMD2<Float>]
    /// The divergence KL(P‖Q) in nats, without exaggeration and with the exact normaliser of Q.
    public let klDivergence: Double
  }

  /// Embeds each row as a point in the plane.
  ///
  /// - Parameters:
  ///   - rows: More than three times ``perplexity`` rows of finite numbers.
  ///   - progress: Called after each iteration; every 50 iterations it receives the divergence before
  ///     the step, otherwise `nil`.
  /// - Throws: ``InvalidInput`` if a setting or a number is invalid, or if the points diverge because
  ///   the learning rate is too large.
  public func embed(
    _ rows: Matrix, progress: ((_ iteration: Int, _ klDivergence: Double?) -> Void)? = nil
  ) throws -> Embedding {
    try validate(rows)
    let points = UncheckedArray(try initialPoints(rows))
    let neighbours = NearestNeighbours(
      of: rows, count: min(Int(3 * perplexity) + 1, rows.rows - 1))
    let attraction = Attraction(Affinities(of: neighbours, perplexity: perplexity))
    let repulsion = Repulsion(points: points.count, theta: theta)
    let descent = GradientDescent(points: points.count)

    for iteration in 0..<iterations {
      let isEarly = iteration < exaggerationIterations
      let exaggeration = isEarly ? earlyExaggeration : 1
      attraction.update(at: points)
      repulsion.update(at: points)
      let isReported = progress != nil && (iteration + 1) % 50 == 0
      let divergence =
        isReported
        ? attraction.divergence(at: points, normaliser: repulsion.normaliser) : nil
      descent.step(
        points, attraction: attraction.forces, exaggeration: exaggeration,
        repulsion: repulsion.forces, normaliser: repulsion.normaliser,
        learningRate: learningRate ?? max(Float(rows.rows) / exaggeration, 200),
        momentum: isEarly ? 0.5 : 0.8)
      try checkBounds(points, iteration: iteration)
      progress?(iteration + 1, divergence)
    }
    return Embedding(
      points: (0..<points.count).map { unsafe points[$0] },
      klDivergence: attraction.divergence(
        at: points, normaliser: exactNormaliser(of: points)))
  }

  /// Returns the initial positions: (rows).
  private func initialPoints(_ rows: Matrix) throws -> [SIMD2<Float>] {
    switch initialisation {
    case .principalComponents:
      let components = try PCA(fitting: rows, components: 2)
      let deviation = Float(components.explainedVariance[0].squareRoot())
      let scale: Float = deviation > 0 ? 1e-4 / deviation : 0
      let projected = components.transform(rows).values
      return (0..<rows.rows).map { SIMD2(projected[2 * $0], projected[2 * $0 + 1]) * scale }
    case .random(let seed):
      var random = RandomStream(seed: seed, "t-SNE initialisation")
      return (0..<rows.rows).map { _ in SIMD2(random.normal(), random.normal()) * 1e-4 }
    }
  }
}

/// Gradient descent with momentum and a gain per coordinate (Jacobs 1988), as in the original t-SNE.
///
/// A gain grows by 0.2 while the gradient and the velocity have opposite signs, shrinks by a fifth while
/// they agree, and never falls below 0.01.
private struct GradientDescent {
  private let velocities: UncheckedArray<SIMD2<Float>>
  private let gains: UncheckedArray<SIMD2<Float>>

  /// Creates an optimiser with zero velocities and gains of 1.
  init(points: Int) {
    velocities = UncheckedArray(count: points, repeating: .zero)
    gains = UncheckedArray(count: points, repeating: .one)
  }

  /// Moves the points one step against the gradient, exaggeration · A − R / Z.
  ///
  /// - Parameters:
  ///   - points: The points, updated in place.
  ///   - attraction: The attractive forces A.
  ///   - exaggeration: The factor on the attraction.
  ///   - repulsion: The repulsive forces R.
  ///   - normaliser: The normaliser Z.
  ///   - learningRate: The learning rate.
  ///   - momentum: The factor by which velocities decay.
  func step(
    _ points: UncheckedArray<SIMD2<Float>>, attraction: UncheckedArray<SIMD2<Float>>,
    exaggeration: Float, repulsion: UncheckedArray<SIMD2<Float>>, normaliser: Double,
    learningRate: Float, momentum: Float
  ) {
    let repulsionScale = Float(1 / normaliser)
    Parallel.forEachRange(of: points.count) { _, range in
      for point in range {
        let gradient = unsafe exaggeration * attraction[point] - repulsionScale * repulsion[point]
        let agree = unsafe gradient * velocities[point] .> 0
        let gain = unsafe elementwiseMaximum(
          (gains[point] + 0.2).replacing(with: gains[point] * 0.8, where: agree),
          SIMD2(repeating: 0.01))
        unsafe gains[point] = gain
        unsafe velocities[point] = momentum * velocities[point] - learningRate * gain * gradient
        unsafe points[point] += velocities[point]
      }
    }
  }
}
