import Foundation

/// A description of what is wrong with a picture, which can follow "found"; nil if it is complete and of
/// the format in its name.
package func defect(inPicture content: Data, named name: String) -> String? {
  if content.isEmpty { return "no picture" }
  if name.hasSuffix(".png") { return defect(inPNG: content) }
  if name.hasSuffix(".svg") { return defect(inSVG: content) }
  return nil
}

/// Checks a PNG (ISO/IEC 15948): eight fixed bytes, then chunks of length, type, data and checksum; the
/// last chunk is IEND.
private func defect(inPNG content: Data) -> String? {
  let bytes = [UInt8](content)
  guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
    return "a file that is not a PNG"
  }
  func word(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
  var place = 8
  while place + 12 <= bytes.count {
    let end = place + 12 + word(at: place)
    guard end <= bytes.count else { break }
    guard Int(crc32(bytes[place + 4..<end - 4])) == word(at: end - 4) else {
      return "a PNG with a damaged chunk"
    }
    if bytes[place + 4..<place + 8].elementsEqual("IEND".utf8) {
      return end == bytes.count ? nil : "a PNG with bytes after its end"
    }
    place = end
  }
  return "a truncated PNG of \(bytes.count) bytes"
}

/// Checks an SVG: a complete file ends with the end tag of its outermost element.
private func defect(inSVG content: Data) -> String? {
  guard content.starts(with: Data("<?xml".utf8)) else { return "a file that is not an SVG" }
  let text = String(decoding: content.suffix(64), as: UTF8.self)
  return text.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix("</svg>")
    ? nil : "a truncated SVG of \(content.count) bytes"
}

/// The checksum of PNG's chunks (ISO/IEC 15948, annex D).
private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  ~bytes.reduce(UInt32.max) { crc, byte in
    crcTable[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
  }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 0 ? crc >> 1 : 0xEDB8_8320 ^ crc >> 1 }
}

/// A picture as a data URI, so that a page needs no other file.
package func dataURI(_ content: Data, of file: String) -> String {
  let type = file.hasSuffix(".svg") ? "image/svg+xml" : "image/png"
  return "data:\(type);base64,\(content.base64EncodedString())"
}
