import Files

/// The numeric arrays of a MATLAB file, version 5 ("Level 5 MAT-file").
///
/// A file has a header of 128 bytes and elements, each with a type, a number of bytes and the bytes. An element
/// may be compressed with zlib. Only little-endian files are read; arrays with other names than the requested ones,
/// or of other kinds than numbers, are skipped.
///
/// Source: The MathWorks, *MAT-File Format*, R2023b.
package struct MATFile {
  /// An array of bytes in MATLAB's order, the first dimension changing fastest.
  package struct ByteArray: Equatable {
    /// The length of each dimension.
    package let dimensions: [Int]
    /// The elements.
    package let values: [UInt8]

    package init(dimensions: [Int], values: [UInt8]) {
      (self.dimensions, self.values) = (dimensions, values)
    }
  }

  /// The arrays by name.
  package let arrays: [String: ByteArray]

  /// Parses the content of a file.
  ///
  /// - Parameters:
  ///   - content: All bytes of the file.
  ///   - names: The names of the arrays that are read; all others are skipped.
  ///   - origin: The path of the file, for the error.
  ///   - limit: The largest size of all compressed elements together that is accepted, in bytes after decompression.
  /// - Throws: ``DatasetError`` if the content is not such a file, is truncated or corrupt, or decompresses to too
  ///   many bytes, or if a requested array has an element that is not a whole number from 0 to 255.
  package init(
    _ content: [UInt8], names: Set<String>, origin: String, limit: Int = usualSizeLimit
  ) throws {
    guard content.count >= headerSize, content[126] == UInt8(ascii: "I"),
      content[127] == UInt8(ascii: "M"), content[125] == 1
    else {
      throw DatasetError(
        origin,
        found: looksLikeWebPage(content.prefix(64))
          ? "content that looks like a web page" : "another kind of file",
        expected: "a little-endian MATLAB file of version 5")
    }
    var reader = MATReader(content[headerSize...], origin: origin)
    var arrays: [String: ByteArray] = [:]
    var rest = limit
    while var element = try reader.next() {
      if element.type == .compressed {
        let content = try inflateZlib(Array(element.bytes), origin: origin, limit: rest)
        rest -= content.count
        var inner = MATReader(content[...], origin: origin)
        guard let only = try inner.next() else { continue }
        element = only
      }
      guard let (name, array) = try Self.array(element, names, origin: origin) else { continue }
      arrays[name] = array
    }
    self.arrays = arrays
  }

  /// The array in an element of the file, with its name; nil for another name, and for an element of another kind.
  private static func array(
    _ element: MATReader.Element, _ names: Set<String>, origin: String
  ) throws -> (String, ByteArray)? {
    guard element.type == .matrix else { return nil }
    var parts = MATReader(element.bytes, origin: origin)
    func next() throws -> MATReader.Element {
      guard let part = try parts.next() else {
        throw parts.failure("an array without its four parts")
      }
      return part
    }
    let (flags, dimensions, nameBytes) = try (next(), next(), next().bytes)
    let name = String(decoding: nameBytes, as: UTF8.self)
    // Cells, structures, texts and sparse arrays have other class numbers, and other parts after their names.
    guard let kind = flags.bytes.first, (6...15).contains(kind), names.contains(name) else {
      return nil
    }
    let values = try next()
    let rank = try dimensions.count(origin: origin)
    guard rank <= maximumRank else { throw parts.failure("an array of \(rank) dimensions") }
    let lengths = try dimensions.wholeNumbers(origin: origin) { found in
      DatasetError(
        origin, found: "the dimension \(found) of an array", expected: "a whole number")
    }
    let (product, overflow) = lengths.reduce((1, false)) { product, length in
      let (next, overflow) = product.0.multipliedReportingOverflow(by: length)
      return (next, product.1 || overflow || length < 0)
    }
    let count = try values.count(origin: origin)
    guard !overflow, product == count else {
      throw parts.failure("\(count) elements in an array of the dimensions \(lengths)")
    }
    let bytes = try values.bytesOfValues(origin: origin)
    return (name, ByteArray(dimensions: lengths, values: bytes))
  }
}

private let headerSize = 128
/// More dimensions than arrays of images have; the error message lists them.
private let maximumRank = 32

/// A reader of consecutive elements.
private struct MATReader {
  private var rest: ArraySlice<UInt8>
  private let origin: String

  init(_ content: ArraySlice<UInt8>, origin: String) { (rest, self.origin) = (content, origin) }

  /// The type of an element, with its number in the file.
  enum ElementType: UInt32 {
    case int8 = 1
    case uint8, int16, uint16, int32, uint32, single
    case double = 9
    case int64 = 12
    case uint64, matrix, compressed, utf8
  }

  struct Element {
    /// Nil for a type that is not listed above.
    let type: ElementType?
    let bytes: ArraySlice<UInt8>
  }

  func failure(_ found: String) -> DatasetError {
    DatasetError(origin, found: found, expected: "a complete MATLAB file of version 5")
  }

  /// Reads the next element; nil at the end.
  mutating func next() throws -> Element? {
    guard !rest.isEmpty else { return nil }
    guard rest.count >= 8 else { throw failure("a truncated file") }
    let tag = number(at: 0)
    // An element of up to four bytes has its size in the upper half of the type.
    if tag >> 16 != 0 {
      let size = Int(tag >> 16)
      guard size <= 4 else { throw failure("an element of \(size) bytes in a place for 4") }
      defer { rest = rest.dropFirst(8) }
      return Element(
        type: ElementType(rawValue: tag & 0xffff), bytes: rest.dropFirst(4).prefix(size))
    }
    let size = Int(number(at: 4))
    guard size <= rest.count - 8 else {
      throw failure("an element of \(size) bytes where \(rest.count - 8) follow")
    }
    let type = ElementType(rawValue: tag)
    let bytes = rest.dropFirst(8).prefix(size)
    // Elements are padded to multiples of 8 bytes, except compressed ones.
    let padded = type == .compressed ? size : (size + 7) / 8 * 8
    rest = rest.dropFirst(8 + padded)
    return Element(type: type, bytes: bytes)
  }

  private func number(at offset: Int) -> UInt32 {
    rest.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension MATReader.Element {
  /// The size of a number in bytes.
  private var width: Int? {
    switch type {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .single: 4
    case .double, .int64, .uint64: 8
    default: nil
    }
  }

  /// The number of elements.
  ///
  /// - Parameter origin: The path of the file, for the error.
  func count(origin: String) throws -> Int { try size(origin: origin).count }

  /// The number of elements, and the size of one in bytes.
  private func size(origin: String) throws -> (count: Int, width: Int) {
    guard let width, bytes.count.isMultiple(of: width) else {
      throw DatasetError(
        origin, found: "\(bytes.count) bytes that are not numbers",
        expected: "a complete MATLAB file of version 5")
    }
    return (bytes.count / width, width)
  }

  /// The elements as whole numbers.
  ///
  /// - Parameters:
  ///   - origin: The path of the file, for the error.
  ///   - failure: Returns the error for an element that is not a whole number.
  func wholeNumbers(origin: String, _ failure: (_ found: String) -> DatasetError) throws -> [Int] {
    let (count, width) = try size(origin: origin)
    return try (0..<count).map { try wholeNumber(at: $0, width: width, failure) }
  }

  /// The elements, which are whole numbers from 0 to 255.
  func bytesOfValues(origin: String) throws -> [UInt8] {
    if type == .uint8 { return Array(bytes) }
    func notAByte(_ found: String) -> DatasetError {
      DatasetError(
        origin, found: "the number \(found) in an array", expected: "whole numbers from 0 to 255")
    }
    let (count, width) = try size(origin: origin)
    return try (0..<count).map { index in
      let value = try wholeNumber(at: index, width: width, notAByte)
      guard let byte = UInt8(exactly: value) else { throw notAByte("\(value)") }
      return byte
    }
  }

  /// The element `index`, of `width` bytes, as a whole number.
  private func wholeNumber(
    at index: Int, width: Int, _ failure: (_ found: String) -> DatasetError
  ) throws -> Int {
    let start = bytes.startIndex + index * width
    // Little-endian, and extended with zeros.
    let pattern = bytes[start..<start + width].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return switch type {
    case .int8: Int(Int8(truncatingIfNeeded: pattern))
    case .int16: Int(Int16(truncatingIfNeeded: pattern))
    case .int32: Int(Int32(truncatingIfNeeded: pattern))
    case .single, .double: try whole(pattern, failure)
    default: Int(truncatingIfNeeded: pattern)
    }
  }

  /// The whole number with the bit pattern `pattern` of a single or a double.
  private func whole(_ pattern: UInt64, _ failure: (_ found: String) -> DatasetError) throws -> Int
  {
    let value =
      type == .single
      ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
      : Double(bitPattern: pattern)
    guard let whole = Int(exactly: value) else { throw failure("\(value)") }
    return whole
  }
}
