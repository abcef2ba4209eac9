/// Whether the bytes are a TIFF file whose first picture is in YCbCr and not compressed as JPEG.
///
/// libvips (8.14) gives luminance and colour differences of such a picture as if they were red, green and blue. Only the
/// classic format is recognised, not BigTIFF.
package func isYCbCrWithoutJPEG(tiff bytes: UnsafeRawBufferPointer) -> Bool {
  let (compression, photometric) = (259, 262)
  let (jpeg, yCbCr) = (7, 6)
  let tags = unsafe firstTags([compression, photometric], tiff: bytes)
  return tags[photometric] == yCbCr && tags[compression] != jpeg
}

/// The values of tags that are one number each, in the first directory of a TIFF file.
///
/// Source: TIFF 6.0 (Adobe, 1992), section 2.
///
/// - Returns: The values by tag; none if the bytes are no TIFF file, and those before the end if they end too early.
private func firstTags(_ wanted: Set<Int>, tiff bytes: UnsafeRawBufferPointer) -> [Int: Int] {
  let order = unsafe bytes.prefix(4).map(Int.init)
  let isLittleEndian: Bool
  switch order {
  case [0x49, 0x49, 42, 0]: isLittleEndian = true
  case [0x4D, 0x4D, 0, 42]: isLittleEndian = false
  default: return [:]
  }
  /// The number of `size` bytes at `offset`; nil beyond the end.
  func number(at offset: Int, size: Int) -> Int? {
    guard offset + size <= bytes.count else { return nil }
    let digits = unsafe bytes[offset..<offset + size].map(Int.init)
    return (isLittleEndian ? digits.reversed() : digits).reduce(0) { $0 << 8 | $1 }
  }
  guard let directory = number(at: 4, size: 4), let count = number(at: directory, size: 2) else {
    return [:]
  }
  var values: [Int: Int] = [:]
  for entry in 0..<count {
    let start = directory + 2 + 12 * entry
    // Type 3 has 16 bits, type 4 has 32.
    guard let tag = number(at: start, size: 2), let type = number(at: start + 2, size: 2),
      let value = number(at: start + 8, size: type == 4 ? 4 : 2)
    else { break }
    if wanted.contains(tag) { values[tag] = value }
  }
  return values
}
