import Files
import Foundation

/// Named tensors in the safetensors format, in which weights are exchanged with PyTorch.
///
/// A file is the length of the header, 64 bits in little-endian order; the header, a JSON object with the
/// type, shape and byte range of each tensor; and the elements in row-major order, little-endian. Only
/// 32-bit floating-point numbers ("F32") are read and written; `num_batches_tracked`, a whole number in which PyTorch's
/// batch norm counts its batches, is left out.
///
/// Source: github.com/huggingface/safetensors, README.
public struct SafeTensors: Sendable {
  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// Texts by name, such as the names of the classes.
  public var metadata: [String: String]

  /// A file's content from tensors and strings.
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    (self.tensors, self.metadata) = (tensors, metadata)
  }

  /// Reads a file.
  ///
  /// - Throws: An error described in one line that names the file, if it cannot be read or is not a complete
  ///   file in this format.
  public init(contentsOf url: URL) throws {
    let bytes = [UInt8](try readFile(at: url))
    self = try SnapshotError.naming(url) { try SafeTensors(decoding: bytes) }
  }

  /// Writes a file; an interruption leaves either the old or the new content.
  ///
  /// - Throws: An error described in one line that names the file, if it cannot be written, or if
  ///   ``init(contentsOf:)`` would not read it, because an element is not finite, a tensor is empty, or its name has
  ///   another meaning in the format.
  public func write(to url: URL) throws {
    try writeFile(SnapshotError.naming(url) { try encoded() }, to: url)
  }

  /// Throws for a name that has another meaning in the format, for an empty tensor and for an element that is not
  /// finite.
  private func checkIsReadable() throws {
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard name != metadataName, !isBatchCounter(name) else {
        throw SnapshotError(
          "cannot be written (found a tensor called \"\(name)\", expected another name than \(metadataName), and "
            + "none that ends in \(batchCounterName))")
      }
      guard !tensor.shape.contains(0) else {
        throw SnapshotError(
          "cannot be written (found the tensor \"\(name)\" of shape \(tensor.shape), expected no axis of "
            + "length 0)")
      }
      guard tensor.isFinite else {
        throw SnapshotError(
          "cannot be written (found the tensor \"\(name)\" with a value that is not finite)")
      }
    }
  }
}

// MARK: - The format

extension SafeTensors {
  /// Encodes the tensors; the bytes depend on the content alone.
  ///
  /// - Throws: ``SnapshotError`` if ``init(decoding:)`` would not read them, because an element is not finite, a
  ///   tensor is empty, or its name has another meaning in the format.
  public func encoded() throws -> [UInt8] {
    try checkIsReadable()
    var elements: [UInt8] = []
    var entries: [String: Header.Value] =
      metadata.isEmpty ? [:] : [metadataName: .strings(metadata)]
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = elements.count
      elements += tensor.littleEndianBytes
      entries[name] = .tensor(
        Header.Entry(dtype: "F32", shape: tensor.shape, data_offsets: [start, elements.count]))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var header = try? [UInt8](encoder.encode(entries)) else {
      fatalError("The header of a safetensors file cannot be written as JSON.")
    }
    // Readers map the file into memory, where the elements must be aligned.
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return unsafe withUnsafeBytes(of: UInt64(header.count).littleEndian) { unsafe Array($0) }
      + header + elements
  }

  /// Decodes a file's content.
  ///
  /// - Throws: ``SnapshotError`` if the bytes are not exactly one file of finite 32-bit numbers, apart from
  ///   `num_batches_tracked`.
  public init(decoding bytes: [UInt8]) throws {
    guard bytes.count >= 8 else { throw notSafetensors("\(bytes.count) bytes") }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw notSafetensors("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let elements = bytes[(8 + Int(length))...]
    let header: [String: Header.Value]
    do {
      let json = Data(bytes[8..<elements.startIndex])
      header = try JSONDecoder().decode([String: Header.Value].self, from: json)
    } catch {
      throw notSafetensors("a header that is no JSON object of tensors")
    }
    (tensors, metadata) = ([:], [:])
    var ranges: [(name: String, bytes: Range<Int>)] = []
    for (name, value) in header.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .strings(let strings): metadata = strings
      case .tensor(let entry):
        let range = try entry.range(name, in: elements)
        ranges.append((name, range))
        if !isBatchCounter(name) { tensors[name] = try entry.tensor(name, at: range, of: elements) }
      }
    }
    try Self.requireContiguity(of: ranges, count: elements.count)
  }

  /// Throws unless the byte ranges of the tensors cover `count` bytes without gaps and overlaps, as the format demands.
  private static func requireContiguity(
    of ranges: [(name: String, bytes: Range<Int>)], count: Int
  ) throws {
    var end = 0
    let ordered = ranges.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    for (name, bytes) in ordered {
      guard bytes.lowerBound == end else {
        throw SnapshotError(
          "found the tensor \"\(name)\" at the byte \(bytes.lowerBound), expected \(end), where the tensor "
            + "before it ends")
      }
      end = bytes.upperBound
    }
    guard end == count else {
      throw notSafetensors("\(count) bytes of elements where the header lists \(end)")
    }
  }

  /// The values of the JSON header.
  fileprivate enum Header {
    struct Entry: Codable {
      // The names in the file.
      var dtype: String
      var shape: [Int]
      var data_offsets: [Int]
    }

    enum Value: Codable {
      case tensor(Entry)
      case strings([String: String])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if decoder.codingPath.last?.stringValue == metadataName {
          self = .strings(try container.decode([String: String].self))
        } else {
          self = .tensor(try container.decode(Entry.self))
        }
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .tensor(let entry): try container.encode(entry)
        case .strings(let strings): try container.encode(strings)
        }
      }
    }
  }
}

extension SafeTensors.Header.Entry {
  /// The byte range of this entry, which lies within the elements.
  fileprivate func range(_ name: String, in elements: ArraySlice<UInt8>) throws -> Range<Int> {
    guard data_offsets.count == 2, data_offsets[0] >= 0, data_offsets[0] <= data_offsets[1],
      data_offsets[1] <= elements.count
    else {
      throw SnapshotError(
        "found the tensor \"\(name)\" at the bytes \(data_offsets), expected a range within the "
          + "\(elements.count) bytes of elements")
    }
    return data_offsets[0]..<data_offsets[1]
  }

  /// The tensor of this entry.
  fileprivate func tensor(
    _ name: String, at range: Range<Int>, of elements: ArraySlice<UInt8>
  ) throws -> Tensor {
    guard dtype == "F32" else {
      throw SnapshotError("found the tensor \"\(name)\" of type \(dtype), expected F32")
    }
    let count = shape.reduce(Int?(1)) { count, length in
      guard let count, length > 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      return overflow || product > elements.count ? nil : product
    }
    guard let count, range.count == 4 * count else {
      throw SnapshotError(
        "found the tensor \"\(name)\" of shape \(shape) at the bytes \(data_offsets), expected 4 bytes for "
          + "each element")
    }
    let start = elements.startIndex + range.lowerBound
    let tensor = Tensor(littleEndianBytes: elements[start..<start + 4 * count], shape: shape)
    guard tensor.isFinite else {
      throw SnapshotError("found the tensor \"\(name)\" with a value that is not finite")
    }
    return tensor
  }
}

/// Returns whether a name is that of the counter of batches in PyTorch's batch norm, which is not read.
func isBatchCounter(_ name: String) -> Bool { name.hasSuffix(batchCounterName) }

/// The name of the metadata in the header.
private let metadataName = "__metadata__"

/// The end of the name of the counter of batches in PyTorch's batch norm.
private let batchCounterName = "num_batches_tracked"

private func notSafetensors(_ found: String) -> SnapshotError {
  SnapshotError("found \(found), expected a complete safetensors file")
}
