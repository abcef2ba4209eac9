import CVips
import Engine
import Foundation

/// The type of a picture file that is written.
public enum PictureFormat: String, Sendable, CaseIterable {
  /// JPEG of the quality 95, in which pixels change slightly.
  case jpg
  /// PNG, which keeps every pixel.
  case png

  /// The name of the format in texts.
  public var name: String { self == .jpg ? "JPEG" : "PNG" }

  fileprivate var options: String { self == .jpg ? ".jpg[Q=95]" : ".png" }
}

/// Encodes an image as a picture file.
///
/// - Parameters:
///   - pixels: The bytes (height, width, channels), grey or RGB.
///   - height: The height in pixels.
///   - width: The width in pixels.
///   - channels: 1 or 3.
///   - format: The type of the file.
/// - Returns: The bytes of the file.
/// - Throws: ``PictureError`` if libvips cannot write the format.
public func encodePicture(
  _ pixels: [UInt8], height: Int, width: Int, channels: Int, as format: PictureFormat
) throws -> Data {
  require(
    [1, 3].contains(channels) && height > 0 && width > 0
      && pixels.count == elementCount(of: [height, width, channels]),
    "\(pixels.count) bytes do not fit an image of the shape (\(height), \(width), \(channels)).")
  var count = 0
  guard
    libraryStarted,
    let bytes = unsafe cvips_encode(
      pixels, Int32(height), Int32(width), Int32(channels), format.options, &count)
  else {
    throw PictureError("libvips: found no way to write \(format.name), expected it to have one")
  }
  defer { unsafe g_free(bytes) }
  return unsafe Data(bytes: bytes, count: count)
}
