import Files
import Foundation

/// A reader of the files of STL-10, which hashes them in the order in which they are read.
struct STL10Reader {
  private let files: [STL10.Part: URL]
  private let publishedMD5: [STL10.Part: String]
  /// The running SHA-256 of all files read so far.
  let digest = RunningDigest.sha256()
  /// Whether all files read so far have the published content.
  private(set) var areOriginal = true

  /// The files, all five of them, and the MD5 of the published ones.
  init(_ files: [STL10.Part: URL], md5 publishedMD5: [STL10.Part: String]) {
    (self.files, self.publishedMD5) = (files, publishedMD5)
  }

  /// Reads a file of images.
  ///
  /// - Parameters:
  ///   - part: The file.
  ///   - others: Files of images that will be appended, so that the array need not grow.
  /// - Returns: The pixels (N, 96, 96, 3).
  /// - Throws: ``DatasetError`` if it has the wrong content; `FileError` if it cannot be read.
  mutating func images(in part: STL10.Part, reservingSpaceFor others: [STL10.Part] = []) throws
    -> [UInt8]
  {
    var pixels: [UInt8] = []
    let sizes = try ([part] + others).map { try fileStatus(at: files[$0]!)?.size ?? 0 }
    // A larger file is refused when it is read.
    if sizes.allSatisfy({ $0 <= limit(of: part) }) { pixels.reserveCapacity(sizes.reduce(0, +)) }
    try appendImages(in: part, to: &pixels)
    return pixels
  }

  /// Reads a file of images as ``images(in:reservingSpaceFor:)`` does, and appends them to `pixels`.
  mutating func appendImages(in part: STL10.Part, to pixels: inout [UInt8]) throws {
    let file = files[part]!
    try unsafe read(part) { bytes in
      guard bytes.count.isMultiple(of: STL10.imageSize) else {
        throw unsafe DatasetError(
          file.shortPath,
          found: looksLikeWebPage(bytes.prefix(64))
            ? "content that looks like a web page"
            : "\(bytes.count % STL10.imageSize) bytes after the last whole image, truncated or too long",
          expected: "whole images of \(STL10.imageSize) bytes")
      }
      let count = bytes.count / STL10.imageSize
      unsafe pixels += [UInt8](unsafeUninitializedCapacity: bytes.count) { part, written in
        unsafe transposeImages(
          bytes, count: count, size: STL10.size, channels: 3, to: part.baseAddress!)
        written = bytes.count
      }
    }
  }

  /// Reads a file of labels.
  ///
  /// - Parameters:
  ///   - part: The file.
  ///   - count: The number of images that the labels are for.
  /// - Returns: The labels from 0 to 9 (N).
  /// - Throws: ``DatasetError`` if it has the wrong content; `FileError` if it cannot be read.
  mutating func labels(in part: STL10.Part, of count: Int) throws -> [UInt8] {
    let name = files[part]!.shortPath
    var labels: [UInt8] = []
    try unsafe read(part) { unsafe labels += $0 }
    guard labels.count == count, count > 0 else {
      throw DatasetError(
        name, found: "\(labels.count) labels",
        expected: "\(count), one for each image, at least 1")
    }
    try DatasetError.unless(labels, in: 1...10, of: name)
    return labels.map { $0 - 1 }
  }

  /// Calls `append` with successive parts of a file, which are whole images if the file is complete.
  private mutating func read(
    _ part: STL10.Part, _ append: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let own = RunningDigest.md5()
    let length = 256 * STL10.imageSize
    try unsafe readFile(at: files[part]!, inPartsOf: length, limit: limit(of: part)) { bytes in
      unsafe digest.update(bytes)
      unsafe own.update(bytes)
      try unsafe append(bytes)
    }
    areOriginal = own.finish() == publishedMD5[part] && areOriginal
  }

  /// The largest size of a file that is read, in bytes.
  private func limit(of part: STL10.Part) -> Int {
    STL10.maximumCount * (part.isOfLabels ? 1 : STL10.imageSize)
  }
}
