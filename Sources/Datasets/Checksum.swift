import Files
import Foundation

/// The expected hash of a downloaded file.
public enum Checksum: Sendable {
  /// The SHA-256 of the decompressed content, in hexadecimal; it does not depend on the program that
  /// compressed the file.
  case uncompressedSHA256(String)
  /// The MD5 of the file itself, in hexadecimal.
  case md5(String)

  /// Compares a file with the expected hash.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - origin: The path or address that the error names.
  /// - Throws: ``DatasetError`` if the hash differs; `FileError` if the file cannot be read.
  func verify(_ file: URL, origin: String) throws {
    switch self {
    case .uncompressedSHA256(let expected):
      let content = try uncompressedContent(of: file, origin: origin)
      try compare("SHA-256", sha256Hex(content), with: expected, start: content, origin: origin)
    case .md5(let expected):
      // Archives can be larger than the memory.
      let digest = RunningDigest.md5()
      var start: [UInt8] = []
      try unsafe readFile(at: file, inPartsOf: 1 << 20) { part in
        if start.isEmpty { unsafe start += part.prefix(64) }
        unsafe digest.update(part)
      }
      try compare("MD5", digest.finish(), with: expected, start: start, origin: origin)
    }
  }

  /// Throws if a hash differs from the expected one; `start` is the beginning of the content.
  private func compare(
    _ kind: String, _ sum: String, with expected: String, start: [UInt8], origin: String
  ) throws {
    guard sum == expected else {
      throw DatasetError(
        origin,
        found: looksLikeWebPage(start) ? "content that looks like a web page" : "\(kind) \(sum)",
        expected: "content with \(kind) \(expected)")
    }
  }
}
