import Engine

/// The content of one file of the binary version of CIFAR-10.
///
/// A file is a sequence of records without a header. A record has one byte for the class and 3072 bytes for
/// the pixels: 1024 red, 1024 green and 1024 blue values, each in row-major order.
///
/// Source: A. Krizhevsky, *The CIFAR-10 dataset*, www.cs.toronto.edu/~kriz/cifar.html.
package struct CIFARBatch {
  /// The height and width of an image.
  static let size = 32
  static let channels = 3
  static let recordSize = 1 + size * size * channels

  /// The records: (count, 3073).
  let records: [UInt8]
  /// The number of records, at least 1.
  var count: Int { records.count / Self.recordSize }

  /// Checks and stores the bytes of a file.
  ///
  /// - Parameters:
  ///   - content: All bytes of the file.
  ///   - origin: The path of the file, for the error.
  /// - Throws: ``DatasetError`` if the bytes are not complete records with labels from 0 to 9.
  package init(_ content: [UInt8], origin: String) throws {
    let size = Self.recordSize
    func failure(_ found: String) -> DatasetError {
      DatasetError(
        origin, found: found,
        expected: "whole records of \(size) bytes (\(10_000 * size) bytes as published)")
    }
    guard !content.isEmpty else { throw failure("an empty file") }
    guard content.count.isMultiple(of: size) else {
      throw failure(
        looksLikeWebPage(content)
          ? "content that looks like a web page"
          : "\(content.count) bytes, truncated or too long")
    }
    records = content
    for index in 0..<count where label(index) > 9 {
      throw DatasetError(
        origin, found: "label \(label(index)) at index \(index)", expected: "0 to 9")
    }
  }

  func label(_ index: Int) -> UInt8 { records[index * Self.recordSize] }

  /// The class of each image: (count).
  package var labels: [UInt8] { (0..<count).map(label) }

  /// Writes all images to `destination` (count, 32, 32, 3), with the channels of a pixel adjacent.
  func writePixels(to destination: UnsafeMutablePointer<UInt8>) {
    let plane = Self.size * Self.size
    let destination = UncheckedSendable(value: destination)
    records.withUnsafeBufferPointer { records in
      Parallel.forEachRange(of: count) { _, images in
        for image in images {
          let source = records.baseAddress! + image * Self.recordSize + 1
          let pixels = destination.value + image * plane * Self.channels
          for pixel in 0..<plane {
            for channel in 0..<Self.channels {
              pixels[pixel * Self.channels + channel] = source[channel * plane + pixel]
            }
          }
        }
      }
    }
  }
}
