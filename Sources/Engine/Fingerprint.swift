/// A 64-bit hash of the bits of numbers: two results with the same fingerprint are equal bit by bit,
/// up to a collision.
///
/// It is the FNV-1a hash of the little-endian bit patterns; shapes are not included. The hash needs no
/// library and fits into a test or a table. It misses an accidental difference with
/// probability 2⁻⁶⁴; it is not a cryptographic hash.
public struct Fingerprint: Hashable, Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Creates the fingerprint of an empty sequence.
  public init() {}

  /// Creates the fingerprint of the elements of `tensors`, in order.
  public init(_ tensors: [Tensor]) {
    for tensor in tensors { add(tensor.scalars) }
  }

  /// Appends Floats to the hashed sequence.
  public mutating func add(_ numbers: some Sequence<Float>) {
    for number in numbers { add(number.bitPattern) }
  }

  /// Appends Doubles to the hashed sequence.
  public mutating func add(_ numbers: some Sequence<Double>) {
    for number in numbers { add(number.bitPattern) }
  }

  /// Appends bytes to the hashed sequence.
  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
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

  /// Parses a ``description``; nil if `text` is none.
  public init?(_ text: String) {
    guard let state = UInt64(text, radix: 16) else { return nil }
    self.state = state
    // The number could also have been written with a sign, with capital letters or without zeros in front.
    guard description == text else { return nil }
  }
}

extension Fingerprint: Codable {
  /// Decodes a string of sixteen hexadecimal digits.
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

  /// Encodes a string of sixteen hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Module {
  /// The fingerprint of all parameters and buffers, in their order.
  public var fingerprint: Fingerprint {
    let moments = buffers.map(\.buffer.moments)
    return Fingerprint(
      parameters.map(\.parameter.value) + moments.flatMap { [$0.mean, $0.variance] })
  }
}
