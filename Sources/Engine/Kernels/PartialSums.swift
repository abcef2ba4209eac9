/// Sums that are accumulated separately for each part of the work and added in the order of the parts.
struct PartialSums {
  private let buffer: Buffer
  private let stride: Int
  let parts: Int
  let count: Int

  /// Allocates `count` uninitialised elements per part.
  init(uninitialisedParts parts: Int, count: Int) {
    self.parts = parts
    self.count = count
    let width = Buffer.vectorWidth
    stride = (count + width - 1) / width * width
    buffer = Buffer(count: parts * stride)
  }

  /// Allocates `count` zeros per part.
  init(parts: Int, count: Int) {
    self.init(uninitialisedParts: parts, count: count)
    Parallel.forEach(part: parts) { [buffer, stride] part in
      (buffer.pointer + part * stride).update(repeating: 0, count: stride)
    }
  }

  /// The sums of one part.
  subscript(part: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + part * stride }

  /// Writes the sums over all parts to `result`, the start of a buffer.
  func sum(into result: UnsafeMutablePointer<Float>) {
    let vectors = stride / Buffer.vectorWidth
    Parallel.forEachRange(of: vectors, parts: count < 1 << 13 ? 1 : 16) { _, range in
      for vector in range {
        let start = vector * Buffer.vectorWidth
        var total = (self[0] + start).vector
        for part in 1..<parts { total += (self[part] + start).vector }
        (result + start).vector = total
      }
    }
  }
}
