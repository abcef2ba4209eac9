// The encoding of a snapshot. Integers have 64 bits; they and the Floats are little-endian:
//
//     "snapshot", version, number of values; for each value, sorted by the bytes of the names:
//       length of the name, name in UTF-8, kind, and then
//       kind 0, a tensor: number of axes, their lengths, the bit patterns of its elements
//       kind 1, a number: the number
//       kind 2, bytes: their count, the bytes
//
// and at the end, as 16 hexadecimal digits, the fingerprint of all bytes before it.

extension Snapshot {
  /// Encodes the snapshot; the bytes depend on the content alone, and every Float keeps its bits.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(magic)
    writer.append(version)
    writer.append(values.count)
    let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    for (name, value) in sorted {
      writer.append(name.utf8.count)
      writer.append(Array(name.utf8))
      writer.append(value)
    }
    writer.append(fingerprintDigits(of: writer.bytes))
    return writer.bytes
  }

  /// Decodes the bytes that ``encoded()`` returned.
  ///
  /// - Throws: ``SnapshotError`` if the bytes are not exactly one snapshot.
  public init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes: bytes)
    guard try reader.bytes(magic.count) == magic else {
      throw SnapshotError("found something else, expected a snapshot")
    }
    let found = try reader.number()
    guard found == version else {
      throw SnapshotError("found a snapshot of version \(found), expected version \(version)")
    }
    var values: [String: Value] = [:]
    for _ in 0..<(try reader.length()) {
      let name = String(decoding: try reader.bytes(try reader.length()), as: UTF8.self)
      guard values.updateValue(try reader.value(), forKey: name) == nil else {
        throw damaged("two values named \"\(name)\"")
      }
    }
    let end = reader.position
    guard try reader.bytes(16) == fingerprintDigits(of: bytes[..<end]) else {
      throw damaged("another fingerprint of its content")
    }
    guard reader.isAtEnd else { throw damaged("more after its end") }
    self.init(values)
  }
}

private let magic = Array("snapshot".utf8)
private let version = 2

/// The digits of the fingerprint of `bytes`, in ASCII.
package func fingerprintDigits(of bytes: some Sequence<UInt8>) -> [UInt8] {
  var fingerprint = Fingerprint()
  fingerprint.add(bytes)
  return Array(fingerprint.description.utf8)
}

private func damaged(_ found: String) -> SnapshotError {
  SnapshotError("found a damaged snapshot (\(found)), expected a whole one")
}

/// Appends values to an array of bytes.
private struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

  mutating func append(_ number: Int) {
    unsafe withUnsafeBytes(of: Int64(number).littleEndian) { unsafe bytes += $0 }
  }

  mutating func append(_ value: Snapshot.Value) {
    switch value {
    case .tensor(let tensor):
      append(0)
      append(tensor.shape.count)
      for length in tensor.shape { append(length) }
      append(tensor.littleEndianBytes)
    case .number(let number):
      append(1)
      append(number)
    case .bytes(let content):
      append(2)
      append(content.count)
      append(content)
    }
  }
}

/// Reads values from an array of bytes, and throws rather than read past its end.
private struct ByteReader {
  let bytes: [UInt8]
  private(set) var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func bytes(_ count: Int) throws -> [UInt8] { Array(bytes[try advance(by: count)]) }

  mutating func number() throws -> Int {
    let range = try advance(by: 8)
    return unsafe bytes.withUnsafeBytes {
      unsafe Int(
        Int64(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Int64.self)))
    }
  }

  /// Reads a count of items of at least one byte each.
  mutating func length() throws -> Int {
    let number = try number()
    guard (0...bytes.count - position).contains(number) else { throw damaged("length \(number)") }
    return number
  }

  mutating func value() throws -> Snapshot.Value {
    switch try number() {
    case 0: .tensor(try tensor())
    case 1: .number(try number())
    case 2: .bytes(try bytes(try length()))
    case let kind: throw damaged("a value of kind \(kind)")
    }
  }

  private mutating func tensor() throws -> Tensor {
    var shape: [Int] = []
    var count = 1
    for _ in 0..<(try length()) {
      shape.append(try number())
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: shape[shape.count - 1])
      guard shape[shape.count - 1] >= 0, !isTooLarge, product <= bytes.count else {
        throw damaged("a tensor of shape \(shape)")
      }
      count = product
    }
    return Tensor(littleEndianBytes: bytes[try advance(by: 4 * count)], shape: shape)
  }

  private mutating func advance(by count: Int) throws -> Range<Int> {
    guard count <= bytes.count - position else { throw damaged("only \(bytes.count) bytes") }
    defer { position += count }
    return position..<position + count
  }
}
