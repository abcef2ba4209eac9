import Engine

/// Returns a synthetic data set in CIFAR-10's format and size, as a replacement when CIFAR-10 is not
/// available.
///
/// Each image shows one object. Six classes differ in the outline of the object, three in its pattern, and
/// one has a rainbow of colours. Hues are random, so a class cannot be recognised by its colours. Each
/// object is rotated, stretched and shifted at random; the background is a colour gradient, and a little
/// noise is added. Image *n* depends only on the seed and *n*.
///
/// - Parameters:
///   - trainCount: The number of training images.
///   - testCount: The number of test images.
///   - seed: The seed of the data set.
public func syntheticColourImages(
  trainCount: Int = 50_000, testCount: Int = 10_000, seed: UInt64 = 0
) -> ImageDataset {
  syntheticImages(
    name: "synthetic colour images", classNames: objectClasses.map(\.name), size: size, channels: 3,
    trainCount: trainCount, testCount: testCount, seed: seed
  ) { label, random in
    let object = Object(of: objectClasses[label], random: &random)
    let background = Background(behind: object, random: &random)
    let noise = random.uniform(in: 0..<0.1)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        let point = SIMD2(Float(column), Float(row)) + 0.5 - Float(size) / 2
        let share = object.coverage(at: point)
        var colour = (1 - share) * background.colour(at: point)
        if share > 0 { colour += share * object.colour(at: point) }
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

/// The height and width of an image, as in CIFAR-10.
private let size = 32

/// The properties of a class.
private struct ObjectClass {
  let name: String
  let outlines: [Outline]
  let surface: Surface
}

private let objectClasses = [
  ObjectClass(name: "disc", outlines: [.disc], surface: .plain),
  ObjectClass(name: "ring", outlines: [.ring], surface: .plain),
  ObjectClass(name: "square", outlines: [.square], surface: .plain),
  ObjectClass(name: "triangle", outlines: [.triangle], surface: .plain),
  ObjectClass(name: "star", outlines: [.star], surface: .plain),
  ObjectClass(name: "cross", outlines: [.cross], surface: .plain),
  ObjectClass(name: "striped", outlines: [.disc, .square, .triangle], surface: .striped),
  ObjectClass(name: "chequered", outlines: [.disc, .square, .triangle], surface: .chequered),
  ObjectClass(name: "spotted", outlines: [.disc, .square, .triangle], surface: .spotted),
  ObjectClass(name: "iridescent", outlines: [.disc, .square, .triangle], surface: .iridescent),
]

/// The object in an image; points are in pixels from the image's centre.
private struct Object {
  /// The hue of the first colour, in turns.
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

  init(of objectClass: ObjectClass, random: inout RandomStream) {
    outline = objectClass.outlines[random.integer(below: objectClass.outlines.count)]
    surface = objectClass.surface
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

  /// Returns the fraction of a pixel that the object covers.
  func coverage(at point: SIMD2<Float>) -> Float {
    let place = point - centre
    let distance = outline.distance(to: [(place * right).sum(), (place * down).sum()])
    return min(max(0.5 - radius * distance, 0), 1)
  }

  func colour(at point: SIMD2<Float>) -> Colour {
    let place = point - centre
    let along = (place * patternRight).sum()
    if surface == .iridescent {
      // All hues within three periods of the other patterns.
      return Datasets.colour(hue: hue + along / (6 * Float.pi), saturation: 0.8, brightness: 0.9)
    }
    let across = (place * SIMD2(-patternRight.y, patternRight.x)).sum()
    let share = surface.shareOfSecond(at: [along, across])
    return first + share * (second - first)
  }
}

/// The background of an image: a gradient between two colours.
private struct Background {
  private let middle: Colour
  private let slope: Colour
  private let direction: SIMD2<Float>

  init(behind object: Object, random: inout RandomStream) {
    let ends = (0..<2).map { _ in
      // A hue that differs from the object's, and less saturated.
      Datasets.colour(
        hue: object.hue + random.uniform(in: 0.2..<0.8), saturation: random.uniform(in: 0.1..<0.6),
        brightness: random.uniform(in: 0.15..<0.9))
    }
    let angle = random.uniform(in: 0..<2 * Float.pi)
    middle = (ends[0] + ends[1]) / 2
    slope = (ends[1] - ends[0]) / Float(size)
    direction = Datasets.direction(at: angle)
  }

  func colour(at point: SIMD2<Float>) -> Colour { middle + slope * (point * direction).sum() }
}
