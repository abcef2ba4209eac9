import Engine

/// Coloured things drawn by code, in CIFAR-10's format and size, for where CIFAR-10 itself cannot
/// be had.
///
/// Six classes tell by their outline, three by their pattern and one by its play of colours,
/// whatever their outline. Hues are drawn at random, so that no class has colours of its own. Each
/// thing is turned, stretched and shifted at random, before a ground that runs from one colour to
/// another, under a little noise. Image *n* depends on the seed and *n* only.
///
/// - Parameters:
///   - trainCount: The number of images to learn from.
///   - testCount: The number of images to measure on.
///   - seed: The seed of the set. Another seed is another set of the same kind.
public func syntheticColourImages(
  trainCount: Int = 50_000, testCount: Int = 10_000, seed: UInt64 = 0
) -> ImageDataset {
  syntheticImages(
    name: "synthetic colour images", classNames: kinds.map(\.name), size: size, channels: 3,
    trainCount: trainCount, testCount: testCount, seed: seed
  ) { label, random in
    let thing = Thing(of: kinds[label], random: &random)
    let ground = Ground(behind: thing, random: &random)
    let noise = random.uniform(in: 0..<0.1)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        let point = SIMD2(Float(column), Float(row)) + 0.5 - Float(size) / 2
        let share = thing.coverage(at: point)
        var colour = (1 - share) * ground.colour(at: point)
        if share > 0 { colour += share * thing.colour(at: point) }
        let grain = random.nextWord()
        for channel in 0..<3 {
          let byte = grain >> UInt32(8 * channel) & 255
          let value = colour[channel] + noise * (Float(byte) / 127.5 - 1)
          pixels.append(UInt8(255 * min(max(value, 0), 1)))
        }
      }
    }
    return pixels
  }
}

/// The height and width of an image, CIFAR-10's.
private let size = 32

/// What the things of one class have in common.
private struct Kind {
  let name: String
  let outlines: [Outline]
  let surface: Surface
}

private let kinds = [
  Kind(name: "disc", outlines: [.disc], surface: .plain),
  Kind(name: "ring", outlines: [.ring], surface: .plain),
  Kind(name: "square", outlines: [.square], surface: .plain),
  Kind(name: "triangle", outlines: [.triangle], surface: .plain),
  Kind(name: "star", outlines: [.star], surface: .plain),
  Kind(name: "cross", outlines: [.cross], surface: .plain),
  Kind(name: "striped", outlines: [.disc, .square, .triangle], surface: .striped),
  Kind(name: "chequered", outlines: [.disc, .square, .triangle], surface: .chequered),
  Kind(name: "spotted", outlines: [.disc, .square, .triangle], surface: .spotted),
  Kind(name: "iridescent", outlines: [.disc, .square, .triangle], surface: .iridescent),
]

/// A thing on an image; points are in pixels from the image's centre.
private struct Thing {
  /// The hue of its first colour, in turns.
  let hue: Float
  private let outline: Outline
  private let surface: Surface
  private let centre: SIMD2<Float>
  private let radius: Float
  private let right: SIMD2<Float>
  private let down: SIMD2<Float>
  private let patternRight: SIMD2<Float>
  private let first: Colour
  private let second: Colour

  init(of kind: Kind, random: inout RandomStream) {
    outline = kind.outlines[random.integer(below: kind.outlines.count)]
    surface = kind.surface
    centre = 4 * SIMD2(random.uniform(in: -1..<1), random.uniform(in: -1..<1))
    radius = random.uniform(in: 8..<13)
    let stretch = random.uniform(in: 0.85..<1.15)
    let angle = random.uniform(in: -25..<25) * Float.pi / 180
    let along = Datasets.direction(at: angle)
    right = along / (radius * stretch)
    down = SIMD2(-along.y, along.x) * stretch / radius
    let patternAngle = random.uniform(in: 0..<2 * Float.pi)
    let period = random.uniform(in: 4.5..<7)
    patternRight = Datasets.direction(at: patternAngle) * 2 * Float.pi / period
    hue = random.uniform()
    let saturation = random.uniform(in: 0.5..<1)
    let brightness = random.uniform(in: 0.55..<1)
    first = Datasets.colour(hue: hue, saturation: saturation, brightness: brightness)
    second = Datasets.colour(
      hue: hue + random.uniform(in: 0.3..<0.7), saturation: saturation,
      brightness: brightness * random.uniform(in: 0.3..<0.6))
  }

  /// How much of a pixel it covers, 0 to 1.
  func coverage(at point: SIMD2<Float>) -> Float {
    let place = point - centre
    let distance = outline.distance(to: [(place * right).sum(), (place * down).sum()])
    return min(max(0.5 - radius * distance, 0), 1)
  }

  func colour(at point: SIMD2<Float>) -> Colour {
    let place = point - centre
    let along = (place * patternRight).sum()
    if surface == .iridescent {
      // A turn of all hues over three periods of the other patterns.
      return Datasets.colour(hue: hue + along / (6 * Float.pi), saturation: 0.8, brightness: 0.9)
    }
    let across = (place * SIMD2(-patternRight.y, patternRight.x)).sum()
    let share = surface.shareOfSecond(at: [along, across])
    return first + share * (second - first)
  }
}

/// What lies behind a thing: one colour that runs into another along some direction.
private struct Ground {
  private let middle: Colour
  private let slope: Colour
  private let direction: SIMD2<Float>

  init(behind thing: Thing, random: inout RandomStream) {
    let ends = (0..<2).map { _ in
      // Another hue than the thing's, and paler.
      Datasets.colour(
        hue: thing.hue + random.uniform(in: 0.2..<0.8), saturation: random.uniform(in: 0.1..<0.6),
        brightness: random.uniform(in: 0.15..<0.9))
    }
    let angle = random.uniform(in: 0..<2 * Float.pi)
    middle = (ends[0] + ends[1]) / 2
    slope = (ends[1] - ends[0]) / Float(size)
    direction = Datasets.direction(at: angle)
  }

  func colour(at point: SIMD2<Float>) -> Colour { middle + slope * (point * direction).sum() }
}
