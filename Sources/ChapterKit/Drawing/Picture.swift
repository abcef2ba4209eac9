import Foundation

/// Why `content` is no whole picture of the kind that its name says, in words that follow "found";
/// `nil` where it is one.
package func flaw(ofPicture content: Data, named name: String) -> String? {
  if content.isEmpty { return "no picture" }
  if name.hasSuffix(".png") { return flaw(ofPNG: content) }
  if name.hasSuffix(".svg") { return flaw(ofSVG: content) }
  return nil
}

/// PNG (ISO/IEC 15948): eight fixed bytes, then chunks of length, type, data and checksum, of which
/// IEND is the last.
private func flaw(ofPNG content: Data) -> String? {
  let bytes = [UInt8](content)
  guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
    return "something that is no PNG"
  }
  func word(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
  var place = 8
  while place + 12 <= bytes.count {
    let end = place + 12 + word(at: place)
    guard end <= bytes.count else { break }
    guard Int(crc32(bytes[place + 4..<end - 4])) == word(at: end - 4) else {
      return "a PNG with a damaged part"
    }
    if bytes[place + 4..<place + 8].elementsEqual("IEND".utf8) {
      return end == bytes.count ? nil : "a PNG with something behind its end"
    }
    place = end
  }
  return "a PNG without its end, \(bytes.count) bytes"
}

/// An SVG that gnuplot writes ends with its outermost element.
private func flaw(ofSVG content: Data) -> String? {
  guard content.starts(with: Data("<?xml".utf8)) else { return "something that is no SVG" }
  let text = String(decoding: content.suffix(64), as: UTF8.self)
  return text.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix("</svg>")
    ? nil : "an SVG without its end, \(content.count) bytes"
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
