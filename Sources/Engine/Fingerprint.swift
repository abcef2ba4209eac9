/// A hash of the bits of some numbers, in 16 hexadecimal digits: two results with the same
/// fingerprint are equal to the last bit.
///
/// It is the 64-bit FNV-1a hash of the numbers' bit patterns, little-endian, shapes left out. Such a
/// hash needs no library and is short enough for a test or a table. It is meant to find accidental
/// differences, which escape it with a probability of 2⁻⁶⁴; it would not stand up to somebody who
/// looks for two results with the same hash.
public struct Fingerprint: Hashable, Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The fingerprint of no numbers.
  public init() {}

  /// The fingerprint of the numbers of `tensors`, one tensor after the other.
  public init(_ tensors: [Tensor]) {
    for tensor in tensors { add(tensor.scalars) }
  }

  /// Takes in Floats, after all those before.
  public mutating func add(_ numbers: some Sequence<Float>) {
    for number in numbers { add(number.bitPattern) }
  }

  /// Takes in Doubles, after all those before.
  public mutating func add(_ numbers: some Sequence<Double>) {
    for number in numbers { add(number.bitPattern) }
  }

  private mutating func add(_ bits: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: bits.bitWidth, by: 8) {
      state = (state ^ UInt64(bits >> shift & 0xFF)) &* 0x100_0000_01B3
    }
  }
}

extension Fingerprint: CustomStringConvertible, LosslessStringConvertible {
  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads ``description``; nil where `text` is none.
  public init?(_ text: String) {
    guard text.utf8.count == 16, let state = UInt64(text, radix: 16) else { return nil }
    self.state = state
  }
}

extension Fingerprint: Codable {
  /// Reads a text of sixteen hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let fingerprint = Fingerprint(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "found \"\(text)\", expected a fingerprint of 16 hexadecimal digits")
    }
    self = fingerprint
  }

  /// Writes a text of sixteen hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Module {
  /// The fingerprint of the network's parameters and of its running moments, in their order.
  public var fingerprint: Fingerprint {
    let moments = buffers.map(\.buffer.moments)
    return Fingerprint(
      parameters.map(\.parameter.value) + moments.flatMap { [$0.mean, $0.variance] })
  }
}
