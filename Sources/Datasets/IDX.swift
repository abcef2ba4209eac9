/// An array of bytes in the IDX format, in which MNIST is published.
///
/// A file has a magic number 0x000008RR (08 for unsigned bytes, RR for the number of dimensions), the size
/// of each dimension, and the values in row-major order. The magic number and the sizes are 32-bit
/// big-endian integers.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*.
package struct IDX {
  /// The kind of an entry, which determines the expected header.
  package struct Item {
    /// The plural in error messages.
    let plural: String
    /// The shape of an entry, such as (28, 28); empty for a single byte.
    let shape: [Int]

    package static func images(height: Int, width: Int) -> Item {
      Item(plural: "images", shape: [height, width])
    }
    package static let labels = Item(plural: "labels", shape: [])

    var magic: UInt32 { 0x0800 | UInt32(1 + shape.count) }
    var headerSize: Int { 4 * (2 + shape.count) }
    var size: Int { shape.reduce(1, *) }
    /// The largest size of a file that is read, in bytes.
    var maximumFileSize: Int { headerSize + maximumCount * size }
  }

  /// The number of entries, at least 1.
  let count: Int
  /// The entries: (count, item shape).
  let values: [UInt8]

  /// Parses the uncompressed content of an IDX file.
  ///
  /// - Parameters:
  ///   - content: All bytes of the file.
  ///   - item: The expected kind of entry.
  ///   - origin: The path of the file, for the error.
  /// - Throws: ``DatasetError`` if the content is not such an array, is truncated, or has trailing bytes.
  package init(_ content: [UInt8], of item: Item, origin: String) throws {
    func check(_ condition: Bool, found: @autoclosure () -> String, expected: String) throws {
      guard condition else { throw DatasetError(origin, found: found(), expected: expected) }
    }
    func word(_ index: Int) -> Int {
      content[(4 * index)..<(4 * index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let magic = "the magic number \(hex(Int(item.magic))) of IDX \(item.plural)"
    try check(!content.isEmpty, found: "an empty file", expected: magic)
    try check(
      !looksLikeWebPage(content), found: "content that looks like a web page", expected: magic)
    try check(
      content.count >= 4, found: "a truncated file of \(content.count) bytes", expected: magic)
    try check(word(0) == item.magic, found: hex(word(0)), expected: magic)
    try check(
      content.count >= item.headerSize,
      found: "a truncated header of \(content.count) bytes", expected: "\(item.headerSize)")

    let count = word(1)
    let shape = item.shape.indices.map { word(2 + $0) }
    try check(
      shape == item.shape, found: "\(item.plural) of \(product(shape)) pixels",
      expected: product(item.shape))
    try check(count > 0, found: "a header for 0 \(item.plural)", expected: "at least 1")
    // The product cannot overflow: the count has 32 bits, and the item's size is small.
    let size = item.headerSize + count * item.size
    try check(
      content.count == size,
      found: "a file \(content.count < size ? "truncated to" : "too long with") "
        + "\(content.count) bytes",
      expected: "\(size) for \(count) \(item.plural)")
    self.count = count
    values = Array(content[item.headerSize...])
  }
}

/// The largest number of entries in a file that is read: 1,048,576. The largest published data set in this format,
/// EMNIST, has 814,255.
private let maximumCount = 1 << 20

/// Returns a magic number in the notation of the format's description.
private func hex(_ word: Int) -> String {
  let digits = String(word, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}

/// Returns dimensions in the notation 28×28.
private func product(_ shape: [Int]) -> String {
  shape.map(String.init).joined(separator: "×")
}
