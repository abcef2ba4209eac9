import Datasets
import Files
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

/// The content of a file that consists of a line with the SHA-256 of the rest, a line with `header` as JSON, and `body`.
func headed(_ header: some Encodable, _ body: Data) throws -> Data {
  checksummed(try JSON.encode(header) + Data("\n".utf8) + body)
}

/// The header and the body in the content of a file as ``headed(_:_:)`` makes it; nil if it is damaged or its header is
/// of another type.
func headerAndBody<Header: Decodable>(
  of data: Data, as type: Header.Type
) -> (header: Header, body: Data)? {
  guard let content = intactContent(of: data),
    let end = content.firstIndex(of: UInt8(ascii: "\n")),
    let header = try? JSON.decode(type, from: content[..<end])
  else { return nil }
  return (header, content[content.index(after: end)...])
}

/// The number of bytes of the line with the checksum: 64 digits and the line break.
package let checksumLineLength = 65
