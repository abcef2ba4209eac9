import Engine

/// A transform that is applied with some probability, with random parameters.
public struct RandomTransform: Sendable {
  /// The name in figures and tables.
  public let name: String
  /// The probability with which it is applied to an image.
  public let probability: Float
  /// The transform at a fraction of one parameter's range, from 0 for the minimum to 1 for the maximum; the other
  /// parameters are fixed.
  public let along: @Sendable (_ fraction: Float) -> ImageTransform

  private let draw: @Sendable (inout RandomStream) -> ImageTransform

  /// A transform by its probability and the distribution of its parameters.
  ///
  /// - Parameters:
  ///   - name: The name in figures and tables.
  ///   - probability: The probability with which it is applied to an image.
  ///   - along: The transform at a fraction of one parameter's range.
  ///   - draw: Draws all parameters; if not given, the fraction is uniform on [0, 1).
  public init(
    _ name: String, probability: Float,
    along: @escaping @Sendable (_ fraction: Float) -> ImageTransform,
    draw: (@Sendable (inout RandomStream) -> ImageTransform)? = nil
  ) {
    require(
      probability >= 0 && probability <= 1, "A probability lies in [0, 1], not at \(probability).")
    self.name = name
    self.probability = probability
    self.along = along
    self.draw = draw ?? { along($0.uniform()) }
  }

  /// The transform with random parameters, regardless of its probability.
  public func sampled(using random: inout RandomStream) -> ImageTransform { draw(&random) }

  /// The same transform with probability 1.
  public var always: RandomTransform {
    RandomTransform(name, probability: 1, along: along, draw: draw)
  }
}

// MARK: - The transforms of fastai

extension RandomTransform {
  /// A change of brightness, uniform on [0.4, 0.6), with probability 0.75.
  public static let brightness = RandomTransform("brightness", probability: 0.75) {
    .brightness(change: 0.4 + 0.2 * $0)
  }

  /// A scale of contrast, log-uniform on [0.8, 1.25), with probability 0.75.
  public static let contrast = RandomTransform("contrast", probability: 0.75) {
    .contrast(scale: 0.8 * .pow(1.25 / 0.8, $0))
  }

  /// A rotation by an angle uniform on [−10, 10) degrees, with probability 0.75.
  public static let rotation = RandomTransform("rotation", probability: 0.75) {
    .rotation(degrees: -10 + 20 * $0)
  }

  /// A zoom by a scale uniform on [1, 1.1) about a uniformly random centre, with probability 0.75.
  public static let zoom = RandomTransform("zoom", probability: 0.75) {
    .zoom(scale: 1 + 0.1 * $0, row: 0.5, column: 0.5)
  } draw: { random in
    .zoom(scale: 1 + 0.1 * random.uniform(), row: random.uniform(), column: random.uniform())
  }

  /// A warp with four magnitudes uniform on [−0.2, 0.2), with probability 0.75; ``along`` moves the top
  /// edge.
  public static let warp = RandomTransform("warp", probability: 0.75) {
    .warp(right: 0, left: 0, bottom: 0, top: -0.2 + 0.4 * $0)
  } draw: { random in
    func magnitude() -> Float { random.uniform(in: -0.2..<0.2) }
    return .warp(right: magnitude(), left: magnitude(), bottom: magnitude(), top: magnitude())
  }

  /// A mirror image, with probability 0.5.
  public static let mirror = RandomTransform("mirror", probability: 0.5) { _ in .mirror }
}

// MARK: - The transform of the paper

extension RandomTransform {
  /// A shift along both axes by whole pixels, uniform on −4…4; ``along`` moves the image from left to
  /// right.
  public static let shift = RandomTransform("shift", probability: 1) {
    .shift(rows: 0, columns: Int((-4 + 8 * $0).rounded()))
  } draw: { random in
    .shift(rows: random.integer(below: 9) - 4, columns: random.integer(below: 9) - 4)
  }
}
