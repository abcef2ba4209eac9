import Engine

/// The content of one file of the binary version of CIFAR-10 or CIFAR-100.
///
/// A file is a sequence of records without a header. A record has one byte for the class (in CIFAR-100 one for
/// the superclass before it) and 3072 bytes for the pixels: 1024 red, 1024 green and 1024 blue values, each in
/// row-major order.
///
/// Source: A. Krizhevsky, *The CIFAR-10 dataset*, www.cs.toronto.edu/~kriz/cifar.html.
package struct CIFARBatch {
  /// The numbers in which the two data sets differ.
  package struct Format: Sendable {
    /// The number of bytes before the pixels; the last one is the class.
    let labelBytes: Int
    let classes: Int
    /// The number of records of a published file.
    let published: Int
    /// Whether all files of the data set have the same number of records.
    let hasEqualFiles: Bool

    package static let cifar10 = Format(
      labelBytes: 1, classes: 10, published: 10_000, hasEqualFiles: true)
    package static let cifar100 = Format(
      labelBytes: 2, classes: 100, published: 50_000, hasEqualFiles: false)

    var recordSize: Int { labelBytes + CIFARBatch.imageSize }
  }

  /// The height and width of an image.
  static let size = 32
  static let channels = 3
  /// The number of bytes of an image.
  static let imageSize = size * size * channels

  /// The records: (count, size of a record).
  let records: [UInt8]
  private let format: Format
  /// The number of records, at least 1.
  var count: Int { records.count / format.recordSize }

  /// Checks and stores the bytes of a file.
  ///
  /// - Parameters:
  ///   - content: All bytes of the file.
  ///   - origin: The path of the file, for the error.
  ///   - format: The format of a record.
  /// - Throws: ``DatasetError`` if the bytes are not complete records with labels of the format.
  package init(_ content: [UInt8], origin: String, format: Format = .cifar10) throws {
    let size = format.recordSize
    func failure(_ found: String) -> DatasetError {
      DatasetError(
        origin, found: found,
        expected: "whole records of \(size) bytes (\(format.published * size) bytes as published)")
    }
    guard !content.isEmpty else { throw failure("an empty file") }
    guard content.count.isMultiple(of: size) else {
      throw failure(
        looksLikeWebPage(content)
          ? "content that looks like a web page"
          : "\(content.count) bytes, truncated or too long")
    }
    (records, self.format) = (content, format)
    try DatasetError.unless(labels, in: 0...UInt8(format.classes - 1), of: origin)
  }

  func label(_ index: Int) -> UInt8 {
    records[index * format.recordSize + format.labelBytes - 1]
  }

  /// The class of each image: (count).
  package var labels: [UInt8] { (0..<count).map(label) }

  /// Writes all images to `destination` (count, 32, 32, 3), with the channels of a pixel adjacent.
  func writePixels(to destination: UnsafeMutablePointer<UInt8>) {
    let plane = Self.size * Self.size
    let destination = unsafe UncheckedSendable(value: destination)
    unsafe records.withUnsafeBufferPointer { records in
      Parallel.forEachRange(of: count) { _, images in
        for image in images {
          let source = unsafe records.baseAddress! + image * format.recordSize + format.labelBytes
          let pixels = unsafe destination.value + image * plane * Self.channels
          for pixel in 0..<plane {
            for channel in 0..<Self.channels {
              unsafe pixels[pixel * Self.channels + channel] = source[channel * plane + pixel]
            }
          }
        }
      }
    }
  }
}
