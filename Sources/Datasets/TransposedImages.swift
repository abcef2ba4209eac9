import Engine

/// Converts images in MATLAB's order, each (channels, columns, rows), to rows of pixels with adjacent channels.
///
/// - Parameters:
///   - source: The images: (`count`, channels, size, size), columns before rows.
///   - count: The number of images.
///   - size: The height and width of an image.
///   - channels: The number of channels.
///   - destination: The result: (`count`, size, size, channels).
func transposeImages(
  _ source: UnsafeRawBufferPointer, count: Int, size: Int, channels: Int,
  to destination: UnsafeMutablePointer<UInt8>
) {
  let plane = size * size
  // Each part writes to its own images.
  let (source, destination) = unsafe (
    UncheckedSendable(value: source), UncheckedSendable(value: destination)
  )
  Parallel.forEachRange(of: count) { _, images in
    for image in images {
      let start = image * plane * channels
      for row in 0..<size {
        for column in 0..<size {
          for channel in 0..<channels {
            unsafe destination.value[start + (row * size + column) * channels + channel] =
              source.value[start + channel * plane + column * size + row]
          }
        }
      }
    }
  }
}
