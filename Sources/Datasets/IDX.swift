/// An array of bytes in the IDX format, in which MNIST is published.
///
/// A file is a magic number 0x000008RR (08 for unsigned bytes, RR for the number of dimensions),
/// the size of each dimension, and the values in row-major order; numbers are big-endian of 32
/// bits. (Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*.)
package struct IDX {
  /// What one entry of an IDX array is, and so what its header must say.
  package struct Item {
    /// What error messages call several of them.
    let plural: String
    /// The dimensions of one, such as (28, 28); empty for a single byte.
    let shape: [Int]

    package static func images(height: Int, width: Int) -> Item {
      Item(plural: "images", shape: [height, width])
    }
    package static let labels = Item(plural: "labels", shape: [])

    var magic: UInt32 { 0x0800 | UInt32(1 + shape.count) }
    var headerSize: Int { 4 * (2 + shape.count) }
    var size: Int { shape.reduce(1, *) }
  }

  /// The number of entries; at least 1.
  let count: Int
  /// The entries, (count, item shape).
  let values: [UInt8]

  /// Takes apart the uncompressed content of an IDX file.
  ///
  /// - Parameters:
  ///   - content: All bytes of the file.
  ///   - item: What the file must hold.
  ///   - origin: The file's path, for the error.
  /// - Throws: ``DatasetError`` unless the content is such an array, complete and with nothing
  ///   after it.
  package init(_ content: [UInt8], of item: Item, origin: String) throws {
    func check(_ condition: Bool, found: @autoclosure () -> String, expected: String) throws {
      guard condition else { throw DatasetError(origin, found: found(), expected: expected) }
    }
    func word(_ index: Int) -> Int {
      content[(4 * index)..<(4 * index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let magic = "the magic number \(hex(Int(item.magic))) of IDX \(item.plural)"
    try check(!content.isEmpty, found: "an empty file", expected: magic)
    try check(!looksLikeWebPage(content), found: "what looks like a web page", expected: magic)
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
    // No overflow: the count has 32 bits, and the item's size is the caller's.
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

/// A magic number as the format's description writes it.
private func hex(_ word: Int) -> String {
  let digits = String(word, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}

/// Dimensions as people write them: 28×28.
private func product(_ shape: [Int]) -> String {
  shape.map(String.init).joined(separator: "×")
}
