import Files
import Foundation

// A file of weights is "weights\0", the 64-bit FNV-1a hash of all bytes after it in little-endian
// order, and the encoded snapshot of the parameters and buffers.

extension Module {
  /// Writes the parameters and buffers to a file.
  ///
  /// The file is replaced atomically: an interruption leaves either the old or the new content.
  ///
  /// - Parameter url: The file; its folder must exist.
  /// - Throws: An error described in one line that names the file, if it cannot be written.
  public func save(to url: URL) throws {
    let content = Snapshot(of: state).encoded()
    try writeFile(magic + hash(content[...]) + content, to: url)
  }

  /// Restores the parameters and buffers from a file that ``save(to:)`` wrote.
  ///
  /// - Parameter url: The file.
  /// - Throws: An error described in one line that names the file, if the file cannot be read, is no
  ///   file of weights, is damaged, or belongs to a network with other names or shapes. Then nothing
  ///   has changed.
  public func load(from url: URL) throws {
    let bytes = [UInt8](try readFile(at: url))
    do {
      try Snapshot(decoding: try content(ofFile: bytes)).restore(state)
    } catch let error as SnapshotError {
      throw SnapshotError("\(url.shortPath): \(error.description)")
    }
  }
}

private let magic = Array("weights\0".utf8)

private func content(ofFile bytes: [UInt8]) throws -> [UInt8] {
  guard bytes.starts(with: magic) else {
    throw SnapshotError("found another kind of file, expected weights that save(to:) wrote")
  }
  let content = bytes.dropFirst(magic.count + 8)
  guard bytes.dropFirst(magic.count).prefix(8).elementsEqual(hash(content)) else {
    throw SnapshotError("found an incomplete or damaged file of weights, expected an intact one")
  }
  return Array(content)
}

private func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var fingerprint = Fingerprint()
  fingerprint.add(bytes)
  return fingerprint.bytes
}
