import Datasets
import Foundation

/// The six files of a data set in CIFAR-10's format with two images each.
struct SmallCIFAR10 {
  static let trainLabels: [UInt8] = [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]
  static let testLabels: [UInt8] = [0, 5]

  /// The content of each file.
  let contents: [CIFAR10.Part: [UInt8]]

  var sums: [CIFAR10.Part: String] { contents.mapValues { sha256Hex($0) } }

  init() {
    let labels = Self.trainLabels + Self.testLabels
    contents = Dictionary(
      uniqueKeysWithValues: CIFAR10.Part.allCases.enumerated().map { batch, part in
        (part, (0..<2).flatMap { Self.record(2 * batch + $0, label: labels[2 * batch + $0]) })
      })
  }

  /// Writes the six files into a folder within `folder`.
  func write(to folder: TemporaryFolder, in subfolder: String = "cifar-10-batches-bin") throws {
    for (part, content) in contents {
      try folder.write(content, to: "\(subfolder)/\(part.fileName)")
    }
  }

  /// Returns the bytes of a label and an image in the published format: one plane per channel, each in
  /// row-major order.
  static func record(_ image: Int, label: UInt8) -> [UInt8] {
    [label]
      + (0..<3).flatMap { channel in
        (0..<32).flatMap { row in
          (0..<32).map { column in value(image, row, column, channel) }
        }
      }
  }

  /// Returns the pixels of images: (`images`.count, 32, 32, 3).
  static func pixels(_ images: Range<Int>) -> [UInt8] {
    images.flatMap { image in
      (0..<(32 * 32 * 3)).map { value(image, $0 / 96, $0 / 3 % 32, $0 % 3) }
    }
  }

  /// Returns a value that depends on the position.
  private static func value(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> UInt8 {
    UInt8((41 * image + 7 * row + 3 * column + 101 * channel) % 256)
  }
}
