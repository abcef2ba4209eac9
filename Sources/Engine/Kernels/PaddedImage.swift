/// The layout of an image with a border of zeros, large enough to read whole tiles or patches everywhere.
///
/// A padded image is (paddedHeight, paddedWidth, channels); the image (height, width, channels) in it starts
/// at row and column `border`.
struct PaddedImage {
  let height: Int
  let width: Int
  let channels: Int
  /// The number of rows above and of columns left of the image.
  let border: Int
  let paddedHeight: Int
  let paddedWidth: Int

  /// The number of elements, border included.
  var length: Int { paddedHeight * paddedWidth * channels }
  /// The distance from one row to the next, in elements.
  var rowStride: Int { paddedWidth * channels }
  /// The index of the first element of the image.
  var origin: Int { border * (rowStride + channels) }

  /// Allocates a padded image of zeros.
  func makeStorage() -> Storage {
    let storage = Storage(count: length)
    unsafe storage.pointer.update(repeating: 0, count: length)
    return storage
  }

  /// Reads rows of image `image` of `source` (N, height, width, channels) into a storage of ``makeStorage()``.
  ///
  /// The border remains zero.
  func read(
    rows: Range<Int>, ofImage image: Int, of source: ImageSource,
    into buffer: UnsafeMutablePointer<Float>
  ) {
    for row in rows {
      unsafe source.read(
        from: (image * height + row) * width * channels, pixels: width, channels: channels,
        into: buffer + origin + row * rowStride)
    }
  }

  /// Adds the sums of the channels over some rows of the image in `buffer` to `sums` (channels).
  ///
  /// `buffer` has this layout; `rows` are counted without the border.
  func addChannelSums(
    rows: Range<Int>, _ buffer: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>
  ) {
    for row in rows {
      unsafe addColumnSums(
        buffer + origin + row * rowStride, rows: width, columns: channels, to: sums)
    }
  }
}
