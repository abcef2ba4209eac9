import Datasets
import Foundation

/// The four files of a data set in MNIST's format with five training and three test images.
struct SmallMNIST {
  static let trainLabels: [UInt8] = [5, 0, 4, 1, 9]
  static let testLabels: [UInt8] = [7, 2, 1]

  /// The uncompressed content of each file.
  var contents: [MNIST.Part: [UInt8]] = [
    .trainImages: idx([5, 28, 28], pixels(count: 5)),
    .trainLabels: idx([5], trainLabels),
    .testImages: idx([3, 28, 28], pixels(count: 3)),
    .testLabels: idx([3], testLabels),
  ]

  var sums: [MNIST.Part: String] { contents.mapValues { sha256Hex($0) } }

  /// Writes the four files, gzipped if their names end in ".gz".
  func write(to folder: TemporaryFolder, _ name: (MNIST.Part) -> String = \.fileName) throws {
    for (part, content) in contents {
      let name = name(part)
      try folder.write(name.hasSuffix(".gz") ? gzip(content) : content, to: name)
    }
  }

  /// Returns the bytes of an IDX file in the published format.
  static func idx(_ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    let dimensions = shape.flatMap { size in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
    }
    return [0, 0, 8, UInt8(shape.count)] + dimensions + values
  }

  /// Returns images whose pixel values depend on the position.
  static func pixels(count: Int) -> [UInt8] {
    (0..<(count * 28 * 28)).map { UInt8($0 * 37 % 251) }
  }
}
