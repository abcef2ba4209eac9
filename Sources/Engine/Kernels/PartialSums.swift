/// Sums that parts of the work collect on their own, added up in the order of the parts.
struct PartialSums {
  private let buffer: Buffer
  private let stride: Int
  let parts: Int
  let count: Int

  /// `count` numbers for each part, still to be written.
  init(uninitialisedParts parts: Int, count: Int) {
    self.parts = parts
    self.count = count
    let width = Buffer.vectorWidth
    stride = (count + width - 1) / width * width
    buffer = Buffer(count: parts * stride)
  }

  /// Zeros: `count` numbers for each part.
  init(parts: Int, count: Int) {
    self.init(uninitialisedParts: parts, count: count)
    Parallel.forEach(part: parts) { [buffer, stride] part in
      (buffer.pointer + part * stride).update(repeating: 0, count: stride)
    }
  }

  /// The numbers of one part.
  subscript(part: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + part * stride }

  /// `result` ← the sum over the parts; `result` must be a buffer of its own.
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
