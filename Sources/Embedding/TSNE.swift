import Engine

/// t-distributed stochastic neighbour embedding: points of many dimensions drawn in two, such that
/// near ones stay near (van der Maaten and Hinton 2008; van der Maaten 2014).
///
///     let embedding = try TSNE().embed(PCA(fitting: pixels, components: 50).transform(pixels))
///
/// The same rows and settings give the same bits, whatever `Parallel.threads` is.
public struct TSNE: Sendable {
  /// How the points lie at first.
  public enum Initialisation: Sendable {
    /// Along the first two principal components of the rows, scaled to a standard deviation of 10⁻⁴
    /// along the first.
    case principalComponents
    /// Drawn from a normal distribution of standard deviation 10⁻⁴.
    case random(seed: UInt64)
  }

  /// About how many neighbours count for a point; three times as many and one are looked at.
  public var perplexity: Float = 30
  /// By how much attraction is multiplied in the first iterations, so that clusters form.
  public var earlyExaggeration: Float = 12
  /// How many iterations are exaggerated; they come out of ``iterations``.
  public var exaggerationIterations = 250
  /// How many iterations there are in all.
  public var iterations = 1000
  /// The step along the gradient, where the gradient is taken without its factor of 4, as in most
  /// implementations (scikit-learn's value is a quarter of it). When nil: the number of points
  /// divided by the exaggeration in force (Belkina et al. 2019, doi:10.1038/s41467-019-13055-y), and
  /// so by 1 when the early one is over, as openTSNE has it; but at least 200.
  public var learningRate: Float?
  /// How the points lie at first.
  public var initialisation = Initialisation.principalComponents
  /// θ of Barnes and Hut: how coarsely far points are taken together; 0 takes none together.
  public var theta: Float = 0.5

  /// The settings that users of t-SNE know.
  public init() {}

  /// Points in the plane, and how well they keep the neighbourhoods.
  public struct Embedding: Sendable {
    /// One point a row of the input.
    public let points: [SIMD2<Float>]
    /// KL(P‖Q) of the points, in nats, with the exact normaliser over all pairs; P is not
    /// exaggerated.
    public let klDivergence: Double
  }

  /// Embeds one point a row.
  ///
  /// - Parameters:
  ///   - rows: More than three times ``perplexity``, of finite numbers.
  ///   - progress: Called after each iteration; every 50 iterations with the divergence from before
  ///     its step.
  /// - Throws: ``InvalidInput`` if a setting or a number is unusable, or the learning rate so large
  ///   that the points fly apart.
  public func embed(
    _ rows: Matrix, progress: ((_ iteration: Int, _ klDivergence: Double?) -> Void)? = nil
  ) throws -> Embedding {
    try validate(rows)
    let points = UncheckedArray(initialPoints(rows))
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
      descent.move(
        points, attraction: attraction.forces, exaggeration: exaggeration,
        repulsion: repulsion.forces, normaliser: repulsion.normaliser,
        learningRate: learningRate ?? max(Float(rows.rows) / exaggeration, 200),
        momentum: isEarly ? 0.5 : 0.8)
      try expectModerate(points, iteration: iteration)
      progress?(iteration + 1, divergence)
    }
    return Embedding(
      points: (0..<points.count).map { points[$0] },
      klDivergence: attraction.divergence(
        at: points, normaliser: exactNormaliser(of: points)))
  }

  /// Where the points start.
  private func initialPoints(_ rows: Matrix) -> [SIMD2<Float>] {
    switch initialisation {
    case .principalComponents:
      let components = PCA(fitting: rows, components: 2)
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
