import Engine

/// Draws a synthetic data set.
///
/// Image *n* of a split depends only on the seed and *n*.
///
/// - Parameters:
///   - name: The name of the set, which also names the random streams of its splits.
///   - classNames: The name of each class.
///   - size: The height and width of an image in pixels.
///   - channels: The number of channels.
///   - trainCount: The number of training images.
///   - testCount: The number of test images.
///   - seed: The seed of the set.
///   - draw: Draws one image of a class: (`size`, `size`, `channels`).
func syntheticImages(
  name: String, classNames: [String], size: Int, channels: Int, trainCount: Int, testCount: Int,
  seed: UInt64, draw: (_ label: Int, _ random: inout RandomStream) -> [UInt8]
) -> ImageDataset {
  func images(_ count: Int, split: String) -> LabelledImages {
    let length = elementCount(of: [size, size, channels])
    var pixels = [UInt8](repeating: 0, count: elementCount(of: [count, length]))
    var labels = [UInt8](repeating: 0, count: count)
    unsafe pixels.withUnsafeMutableBufferPointer { pixels in
      unsafe labels.withUnsafeMutableBufferPointer { labels in
        Parallel.forEachRange(of: count, parts: 64) { _, images in
          for image in images {
            var random = RandomStream(seed: seed, "\(name) \(split)", image)
            let label = random.integer(below: classNames.count)
            unsafe labels[image] = UInt8(label)
            for (offset, value) in draw(label, &random).enumerated() {
              unsafe pixels[image * length + offset] = value
            }
          }
        }
      }
    }
    return LabelledImages(
      height: size, width: size, channels: channels, pixels: pixels, labels: labels)
  }
  let train = images(trainCount, split: "train")
  let test = images(testCount, split: "test")
  return ImageDataset(
    name: name, sha256: contentHash(train, test), isSynthetic: true, classNames: classNames,
    train: train, test: test)
}
