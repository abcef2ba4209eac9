import Datasets
import Foundation

/// `content` after a line with its SHA-256, which reveals any later change.
package func checksummed(_ content: Data) -> Data {
  Data((sha256Hex(content) + "\n").utf8) + content
}

/// The content after the line with the checksum; nil if the checksum is wrong.
package func intactContent(of data: Data) -> Data? {
  guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
  let content = Data(data[data.index(after: end)...])
  return Data(data[..<end]) == Data(sha256Hex(content).utf8) ? content : nil
}

/// The number of bytes of the line with the checksum: 64 digits and the line break.
package let checksumLineLength = 65
