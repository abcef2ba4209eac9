import Engine

/// A transform before its parameters are drawn.
public struct RandomTransform: Sendable {
  /// What people call it.
  public let name: String
  /// How probable it is that it happens to an image.
  public let probability: Float
  /// The transform with its first parameter so far along its range, from 0 at the minimum to 1 at
  /// the maximum; parameters besides it leave the image alone.
  public let along: @Sendable (_ fraction: Float) -> ImageTransform

  private let draw: @Sendable (inout RandomStream) -> ImageTransform

  /// - Parameters:
  ///   - name: What people call it.
  ///   - probability: How probable it is that it happens to an image.
  ///   - along: The transform at a fraction of its parameter's range.
  ///   - draw: Draws all parameters; if not given, the fraction is drawn uniformly from [0, 1).
  public init(
    _ name: String, probability: Float,
    along: @escaping @Sendable (_ fraction: Float) -> ImageTransform,
    draw: (@Sendable (inout RandomStream) -> ImageTransform)? = nil
  ) {
    require(
      probability >= 0 && probability <= 1, "\(probability) is not a probability.")
    self.name = name
    self.probability = probability
    self.along = along
    self.draw = draw ?? { along($0.uniform()) }
  }

  /// The transform with drawn parameters, whatever its probability.
  public func drawn(using random: inout RandomStream) -> ImageTransform { draw(&random) }

  /// The same transform, which always happens.
  public var always: RandomTransform {
    RandomTransform(name, probability: 1, along: along, draw: draw)
  }
}

// MARK: - fastai's

extension RandomTransform {
  /// A change in brightness, U(0.4, 0.6), with probability 0.75.
  public static let brightness = RandomTransform("brightness", probability: 0.75) {
    .brightness(change: 0.4 + 0.2 * $0)
  }

  /// A scale of contrast, log-uniform from 0.8 to 1.25, with probability 0.75.
  public static let contrast = RandomTransform("contrast", probability: 0.75) {
    .contrast(scale: 0.8 * .pow(1.25 / 0.8, $0))
  }

  /// Degrees, U(−10, 10), with probability 0.75.
  public static let rotation = RandomTransform("rotation", probability: 0.75) {
    .rotation(degrees: -10 + 20 * $0)
  }

  /// A scale, U(1, 1.1), around a centre anywhere on the image, with probability 0.75.
  public static let zoom = RandomTransform("zoom", probability: 0.75) {
    .zoom(scale: 1 + 0.1 * $0, row: 0.5, column: 0.5)
  } draw: { random in
    .zoom(scale: 1 + 0.1 * random.uniform(), row: random.uniform(), column: random.uniform())
  }

  /// Four magnitudes, U(−0.2, 0.2) each, with probability 0.75; ``along`` moves the top edge.
  public static let warp = RandomTransform("warp", probability: 0.75) {
    .warp(right: 0, left: 0, bottom: 0, top: -0.2 + 0.4 * $0)
  } draw: { random in
    func magnitude() -> Float { random.uniform(in: -0.2..<0.2) }
    return .warp(right: magnitude(), left: magnitude(), bottom: magnitude(), top: magnitude())
  }

  /// Left and right swapped, with probability 0.5.
  public static let mirror = RandomTransform("mirror", probability: 0.5) { _ in .mirror }
}

// MARK: - The paper's

extension RandomTransform {
  /// Whole pixels from −4 to 4 along both axes, each as likely as any other; ``along`` moves the
  /// image from left to right.
  public static let shift = RandomTransform("shift", probability: 1) {
    .shift(rows: 0, columns: Int((-4 + 8 * $0).rounded()))
  } draw: { random in
    .shift(rows: random.integer(below: 9) - 4, columns: random.integer(below: 9) - 4)
  }
}
