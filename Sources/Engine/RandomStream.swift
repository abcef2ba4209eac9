/// A named stream of random numbers from the counter-based generator Philox4x32-10 (Salmon et al.,
/// *Parallel random numbers: as easy as 1, 2, 3*, SC 2011).
///
/// Number *n* of a stream is a pure function of the seed, the name of the stream, its two indices and
/// *n*. The random numbers of image 17 in epoch 3 therefore depend neither on threads nor on other
/// images:
///
///     var random = RandomStream(seed: 0, "augmentation", epoch, image)
///
/// Streams with different indices are independent for all practical purposes, and so are those with different names
/// unless the 32-bit hashes of the names are equal; for two names the probability of this is 2⁻³². A stream repeats
/// after 2³⁴ words of 32 bits.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// Creates a stream at its start.
  ///
  /// - Parameters:
  ///   - seed: The seed of the whole run.
  ///   - name: The purpose of the numbers, such as "split" or "mixup".
  ///   - index: A first index, such as the epoch; taken modulo 2³².
  ///   - subindex: A second index, such as the image; taken modulo 2³².
  public init(seed: UInt64, _ name: String, _ index: Int = 0, _ subindex: Int = 0) {
    key = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
    counter = [
      0, fnv1a(name), UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: subindex),
    ]
  }

  /// Returns the next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = philox4x32(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    UInt64(nextWord()) | UInt64(nextWord()) << 32
  }

  /// Draws uniformly from the multiples of 2⁻²⁴ in [0, 1).
  public mutating func uniform() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// Draws uniformly from the multiples of 2⁻⁵³ in [0, 1).
  public mutating func uniformDouble() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Draws lowerBound + (upperBound − lowerBound)·``uniform()``; rounding can give `upperBound` itself.
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Draws an integer uniformly from 0 ..< `bound`, without bias (Lemire 2019, arXiv:1805.10941).
  ///
  /// - Parameter bound: An integer in 1 ... 2³².
  public mutating func integer(below bound: Int) -> Int {
    require(bound > 0 && bound <= 1 << 32, "The bound is \(bound); it must lie in 1...2³².")
    let bound = UInt64(bound)
    var product = UInt64(nextWord()) * bound
    if UInt32(truncatingIfNeeded: product) < bound {
      let rejectBelow = (1 << 32) % bound
      while product & 0xFFFF_FFFF < rejectBelow { product = UInt64(nextWord()) * bound }
    }
    return Int(product >> 32)
  }

  /// Draws from the standard normal distribution (Box and Muller 1958).
  public mutating func normal() -> Float {
    let radius = (-2 * .log(1 - Double(uniform()))).squareRoot()
    return Float(radius * .cos(2 * Double.pi * Double(uniform())))
  }

  /// Returns the integers 0 ..< `count` in random order (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    require(count >= 0, "A permutation has at least 0 elements; found \(count).")
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1))
    }
    return order
  }
}

/// Maps a counter block to a block of random words by ten rounds of the Philox4x32 bijection.
package func philox4x32(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var counter = counter
  var key = key
  for _ in 0..<10 {
    let even = UInt64(counter[0]) * 0xD251_1F53
    let odd = UInt64(counter[2]) * 0xCD9E_8D57
    counter = [
      UInt32(truncatingIfNeeded: odd >> 32) ^ counter[1] ^ key[0],
      UInt32(truncatingIfNeeded: odd),
      UInt32(truncatingIfNeeded: even >> 32) ^ counter[3] ^ key[1],
      UInt32(truncatingIfNeeded: even),
    ]
    key = [key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85]
  }
  return counter
}

/// The 32-bit FNV-1a hash of the name of a stream.
private func fnv1a(_ text: String) -> UInt32 {
  text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
}
