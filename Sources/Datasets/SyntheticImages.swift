import Engine

/// Draws images by code, for where a data set cannot be had.
///
/// Image *n* depends on the seed and *n* only.
///
/// - Parameters:
///   - name: What the set is called; its splits draw from streams of their own names.
///   - classNames: What each class is called.
///   - size: The height and width of an image in pixels.
///   - channels: The values per pixel.
///   - trainCount: The number of images to learn from.
///   - testCount: The number of images to measure on.
///   - seed: The seed of the set.
///   - draw: Draws one image of a class, (`size`, `size`, `channels`).
func syntheticImages(
  name: String, classNames: [String], size: Int, channels: Int, trainCount: Int, testCount: Int,
  seed: UInt64, draw: (_ label: Int, _ random: inout RandomStream) -> [UInt8]
) -> ImageDataset {
  func images(_ count: Int, split: String) -> LabelledImages {
    let length = size * size * channels
    var pixels = [UInt8](repeating: 0, count: count * length)
    var labels = [UInt8](repeating: 0, count: count)
    pixels.withUnsafeMutableBufferPointer { pixels in
      labels.withUnsafeMutableBufferPointer { labels in
        Parallel.forEachRange(of: count, parts: 64) { _, images in
          for image in images {
            var random = RandomStream(seed: seed, "\(name) \(split)", image)
            let label = random.integer(below: classNames.count)
            labels[image] = UInt8(label)
            for (offset, value) in draw(label, &random).enumerated() {
              pixels[image * length + offset] = value
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
    name: name, sha256: sha256Hex(train.pixels, train.labels, test.pixels, test.labels),
    isSynthetic: true, classNames: classNames, train: train, test: test)
}
