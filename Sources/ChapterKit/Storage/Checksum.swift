import Datasets
import Foundation

/// `content` behind a line with its SHA-256, for a file that no change escapes.
func checksummed(_ content: Data) -> Data { Data((sha256Hex(content) + "\n").utf8) + content }

/// What follows the line with the checksum; `nil` where it is not what was written.
func intactContent(of data: Data) -> Data? {
  guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
  let content = Data(data[data.index(after: end)...])
  return Data(data[..<end]) == Data(sha256Hex(content).utf8) ? content : nil
}
