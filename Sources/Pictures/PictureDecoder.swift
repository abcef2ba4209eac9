import CVips
import Datasets
import Engine
import Files
import Foundation

/// A decoder of picture files to small square images in sRGB, with libvips.
///
/// It reads JPEG, PNG, WebP, HEIC and AVIF (where libvips has them), GIF and TIFF. A picture is turned upright
/// by its EXIF orientation, converted from its colour profile to sRGB (grey and CMYK too), and put on white
/// where it is transparent. A profile that does not fit the picture, such as one for RGB in a grey picture, is ignored.
/// The shorter side is resampled to the size, and the middle of the longer side is kept. Of an animation it takes the
/// first frame. Only pictures whose channels are unsigned integers of 8 or 16 bits are decoded, no TIFF files in YCbCr
/// that are not compressed as JPEG, and no pictures with one side more than 1,000 times as long as the other.
public struct PictureDecoder: Sendable {
  /// The height and width of a decoded picture, in pixels.
  public let size: Int
  /// The number of bytes of a decoded picture, (size, size, 3).
  var byteCount: Int { size * size * 3 }

  /// The version of the decoding and of libvips: another one may give other pixels, or refuse other files.
  static let version = unsafe "4, libvips " + String(cString: vips_version_string())

  /// A decoder to `size`×`size` pixels.
  ///
  /// - Throws: ``PictureError`` if libvips cannot be used.
  public init(size: Int) throws {
    require((1...4096).contains(size), "A picture is decoded to 1 to 4096 pixels, not \(size).")
    guard libraryStarted else {
      throw PictureError(
        "libvips: found a library that does not start, expected version 8.13 or later")
    }
    self.size = size
  }

  /// A picture file after decoding.
  public struct Decoded: Sendable {
    /// The SHA-256 of the file's content; empty if the file could not be read.
    public let sha256: String
    /// The pixels (size, size, 3), or the reason why there are none.
    public let pixels: Result<[UInt8], UnreadablePicture>
  }

  /// Reads and decodes files in parallel.
  ///
  /// Each thread has one file in memory at a time.
  ///
  /// - Parameter files: The files.
  /// - Returns: For each file its hash and pixels, or the reason why it cannot be decoded.
  public func decode(_ files: [URL]) -> [Decoded] {
    let results = UnsafeMutableBufferPointer<Decoded?>.allocate(capacity: files.count)
    defer { unsafe results.deinitialize().deallocate() }
    unsafe results.initialize(repeating: nil)
    // Each part writes to its own element.
    let shared = unsafe UncheckedSendable(value: results)
    Parallel.forEachPart(of: files.count) { index in
      unsafe shared.value[index] = decode(fileAt: files[index], explaining: false)
    }
    // The messages of libvips belong to all threads together, so failures are repeated one after the other.
    for index in files.indices {
      if case .failure = unsafe results[index]!.pixels {
        let repeated = decode(fileAt: files[index], explaining: true)
        // A pipe has been read to its end, and gives no bytes again.
        if unsafe repeated.sha256 == results[index]!.sha256 { unsafe results[index] = repeated }
      }
    }
    return unsafe results.map { $0! }
  }

  private func decode(fileAt file: URL, explaining: Bool) -> Decoded {
    do {
      let content = try content(of: file)
      let hash = sha256Hex(content)
      do {
        return Decoded(sha256: hash, pixels: .success(try decode(content, explaining: explaining)))
      } catch {
        return Decoded(sha256: hash, pixels: .failure(error))
      }
    } catch {
      return Decoded(sha256: "", pixels: .failure(error))
    }
  }

  private func content(of file: URL) throws(UnreadablePicture) -> Data {
    do {
      return try readFile(at: file)
    } catch let error as FileError {
      throw UnreadablePicture("a file that cannot be read (\(error.reason))")
    } catch {
      throw UnreadablePicture("a file that cannot be read (\(error))")
    }
  }

  /// Decodes the bytes of a picture file.
  ///
  /// - Parameters:
  ///   - content: The bytes.
  ///   - explaining: Whether an error contains the messages of libvips; then no other thread may decode.
  /// - Returns: The pixels (size, size, 3).
  /// - Throws: The reason why the bytes cannot be decoded.
  package func decode(_ content: Data, explaining: Bool = true) throws(UnreadablePicture) -> [UInt8]
  {
    let outcome = unsafe content.withUnsafeBytes { bytes -> Result<[UInt8], UnreadablePicture> in
      Result { () throws(UnreadablePicture) in
        try unsafe decode(bytes, explaining: explaining)
      }
    }
    return try outcome.get()
  }

  private func decode(
    _ bytes: UnsafeRawBufferPointer, explaining: Bool
  ) throws(UnreadablePicture) -> [UInt8] {
    guard unsafe !bytes.isEmpty else { throw UnreadablePicture("an empty file") }
    guard unsafe !isYCbCrWithoutJPEG(tiff: bytes) else {
      throw UnreadablePicture(
        "a TIFF file in YCbCr without JPEG compression, whose colours libvips does not convert")
    }
    let decoder = unsafe cvips_decoder(bytes.baseAddress, bytes.count).map {
      unsafe String(cString: $0)
    }
    guard let decoder, acceptedDecoders.contains(decoder) else {
      throw unsafe UnreadablePicture(
        looksLikeWebPage(bytes.prefix(64))
          ? "content that looks like a web page" : "no picture of a known format")
    }
    if explaining { vips_error_clear() }
    var header = cvips_header()
    guard unsafe cvips_read_header(bytes.baseAddress, bytes.count, &header) == 0 else {
      throw failure(explaining)
    }
    let (width, height) = (Int(header.width), Int(header.height))
    guard width * height <= maximumPixelCount else {
      throw UnreadablePicture(
        "\(width)×\(height) pixels, more than the limit of \(maximumPixelCount / 1_000_000) million"
      )
    }
    guard max(width, height) <= maximumSideRatio * min(width, height) else {
      throw UnreadablePicture(
        "\(width)×\(height) pixels, one side more than \(maximumSideRatio) times as long as the other"
      )
    }
    guard header.has_known_channels != 0 else {
      throw UnreadablePicture("channels that are not unsigned integers of 8 or 16 bits")
    }
    var status: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { pixels, written in
      status = unsafe cvips_decode(
        bytes.baseAddress, bytes.count, header.has_profile, Int32(size), pixels.baseAddress)
      written = status == 0 ? byteCount : 0
    }
    guard status == 0 else { throw failure(explaining) }
    return pixels
  }

  private func failure(_ explaining: Bool) -> UnreadablePicture {
    guard explaining, let messages = unsafe cvips_errors() else {
      return UnreadablePicture("a damaged picture")
    }
    defer { unsafe g_free(messages) }
    let line = unsafe String(cString: messages).split(whereSeparator: \.isNewline).last.map(
      String.init)
    vips_error_clear()
    return UnreadablePicture("a damaged picture (\(line ?? "without a message"))")
  }
}

/// The decoders of libvips that are used; others read files that are not photographs.
private let acceptedDecoders: Set = [
  "VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer",
  "VipsForeignLoadHeifBuffer", "VipsForeignLoadNsgifBuffer", "VipsForeignLoadTiffBuffer",
]

/// The limit for a picture: interlaced PNG and some other formats are decoded as a whole.
private let maximumPixelCount = 1 << 29

/// The limit for the ratio of the sides of a picture.
///
/// libvips resamples all of a picture and then cuts off its ends: one of 1×640,000 pixels would become twenty million
/// pixels long. Cutting first would change the pixels at the edges, for which the resampling filter uses those beyond.
private let maximumSideRatio = 1000

/// Whether libvips has been started in this process.
let libraryStarted = cvips_start() == 0

/// The reason why a file is not a picture that can be used, in words that follow "found".
public struct UnreadablePicture: Error, Equatable, CustomStringConvertible {
  /// The reason.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// An error about pictures and their folders, in one line.
public struct PictureError: OneLineError {
  /// The folder or file, what was found, and what was expected.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ subject: String, found: String, expected: String) {
    self.init("\(subject): found \(found), expected \(expected)")
  }
}
