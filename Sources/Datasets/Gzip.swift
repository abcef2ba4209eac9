import CZlib
import Engine
import Files
import Foundation

/// Reads a file and decompresses it if it holds gzip data.
///
/// The content decides, not the name: some servers and browsers decompress a file and keep its name.
///
/// - Parameters:
///   - file: The file.
///   - origin: The address that errors name; by default, the path.
///   - limit: The largest size of the file and of its decompressed content that is accepted, in bytes.
/// - Throws: `FileError` if the file cannot be read or is too large; ``DatasetError`` if its gzip data are corrupt, or
///   decompress to too many bytes.
func uncompressedContent(
  of file: URL, origin: String? = nil, limit: Int = usualSizeLimit
) throws -> [UInt8] {
  let bytes = [UInt8](try readFile(at: file, limit: limit))
  guard bytes.starts(with: gzipMagic) else { return bytes }
  return try gunzip(bytes, origin: origin ?? file.shortPath, limit: limit)
}

/// Returns whether the content looks like a web page, such as a mirror's error message.
package func looksLikeWebPage(_ content: some Sequence<UInt8>) -> Bool {
  content.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<")
}

private let gzipMagic: [UInt8] = [0x1f, 0x8b]

/// Decompresses gzip data (RFC 1952) of one or more members.
///
/// - Parameters:
///   - compressed: The compressed data.
///   - origin: The path or address that the error names.
///   - limit: The largest size of the decompressed data that is accepted, in bytes.
/// - Throws: ``DatasetError`` if the data are corrupt or truncated, if they decompress to too many bytes, or if other
///   bytes follow them.
package func gunzip(_ compressed: [UInt8], origin: String, limit: Int) throws -> [UInt8] {
  try inflated(compressed, .gzip, origin: origin, limit: limit)
}

/// Decompresses a zlib stream (RFC 1950).
///
/// - Parameters:
///   - compressed: The compressed data.
///   - origin: The path or address that the error names.
///   - limit: The largest size of the decompressed data that is accepted, in bytes.
/// - Throws: ``DatasetError`` if the data are corrupt or truncated, if they decompress to too many bytes, or if other
///   bytes follow them.
func inflateZlib(_ compressed: [UInt8], origin: String, limit: Int) throws -> [UInt8] {
  try inflated(compressed, .zlib, origin: origin, limit: limit)
}

/// The frame of compressed data.
private enum Frame: String {
  case gzip, zlib

  /// The argument of zlib's inflateInit2 that selects the frame.
  var windowBits: Int32 { self == .gzip ? 16 + MAX_WBITS : MAX_WBITS }

  /// The error for data from `origin` that are not complete data in this frame.
  func failure(_ origin: String, found: String) -> DatasetError {
    DatasetError(
      origin, found: found, expected: "complete \(rawValue) data without trailing bytes")
  }
}

/// Decompresses data in a frame.
///
/// - Parameters:
///   - compressed: The compressed data.
///   - frame: The frame.
///   - origin: The path or address that the error names.
///   - limit: The largest size of the decompressed data that is accepted, in bytes.
/// - Throws: ``DatasetError`` as described for ``gunzip(_:origin:limit:)``.
private func inflated(
  _ compressed: [UInt8], _ frame: Frame, origin: String, limit: Int
) throws -> [UInt8] {
  guard let size = UInt32(exactly: compressed.count) else {
    throw frame.failure(
      origin, found: "\(compressed.count) bytes, more than the limit of \(UInt32.max)")
  }
  var stream = unsafe z_stream()
  let status = unsafe inflateInit2_(
    &stream, frame.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  require(status == Z_OK, "zlib could not allocate memory (status \(status)).")
  defer { unsafe inflateEnd(&stream) }

  return try unsafe compressed.withUnsafeBufferPointer { input in
    unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    unsafe stream.avail_in = size
    var output: [UInt8] = []
    while true {
      let status = unsafe inflateChunk(&stream, appendingTo: &output)
      // A megabyte of input can give a gigabyte of output.
      guard output.count <= limit else {
        throw DatasetError(
          origin, found: "\(frame.rawValue) data of more than \(limit) bytes when decompressed",
          expected: "at most \(limit)")
      }
      if try unsafe isComplete(&stream, status, compressed, frame, origin: origin) { return output }
    }
  }
}

/// Returns whether all data are decompressed after a chunk, and begins the next member of gzip data where one ends.
///
/// - Parameters:
///   - stream: The state of the decompression.
///   - status: The status that zlib returned for the chunk.
///   - compressed: All compressed data.
///   - frame: The frame.
///   - origin: The path or address that the error names.
/// - Throws: ``DatasetError`` if the data are corrupt or truncated, or if other bytes follow them.
private func isComplete(
  _ stream: inout z_stream, _ status: Int32, _ compressed: [UInt8], _ frame: Frame, origin: String
) throws -> Bool {
  switch status {
  case Z_OK:
    return false
  case Z_STREAM_END:
    let rest = unsafe compressed.suffix(Int(stream.avail_in))
    if rest.isEmpty { return true }
    guard frame == .gzip, rest.starts(with: gzipMagic) else {
      throw frame.failure(
        origin, found: "\(rest.count) bytes after the end of the \(frame.rawValue) data")
    }
    unsafe inflateReset(&stream)
    return false
  case Z_BUF_ERROR:
    throw frame.failure(
      origin,
      found: "\(frame.rawValue) data that ends too early (\(compressed.count) bytes, corrupt or "
        + "truncated)")
  default:
    throw frame.failure(
      origin, found: unsafe "corrupt \(frame.rawValue) data (\(message(of: stream, status)))")
  }
}

/// Returns zlib's error message, such as "incorrect data check".
private func message(of stream: z_stream, _ status: Int32) -> String {
  unsafe String(cString: stream.msg.map { unsafe UnsafePointer($0) } ?? zError(status))
}

/// Decompresses the next chunk and returns zlib's status.
private func inflateChunk(_ stream: inout z_stream, appendingTo output: inout [UInt8]) -> Int32 {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 18) { chunk in
    unsafe stream.next_out = chunk.baseAddress
    unsafe stream.avail_out = UInt32(chunk.count)
    let status = unsafe inflate(&stream, Z_NO_FLUSH)
    unsafe output.append(
      contentsOf: UnsafeBufferPointer(rebasing: chunk.dropLast(Int(stream.avail_out))))
    return status
  }
}
