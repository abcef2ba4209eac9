/// Sums that are accumulated separately for each part of a batch, and then added in a fixed tree: pairs of
/// neighbouring parts, pairs of these sums, and so on, up to those of other processes.
struct PartialSums {
  /// The sums (parts, stride).
  private let storage: Storage
  /// The distance from one part to the next in elements, `count` rounded up to a multiple of 16.
  private let stride: Int
  let parts: BatchParts
  /// The number of sums of a part.
  let count: Int

  /// Allocates `count` uninitialised elements per part.
  init(uninitialisedParts parts: BatchParts, count: Int) {
    self.parts = parts
    self.count = count
    let width = Storage.vectorWidth
    stride = (count + width - 1) / width * width
    storage = Storage(count: parts.count * stride)
  }

  /// Allocates `count` zeros per part.
  init(parts: BatchParts, count: Int) {
    self.init(uninitialisedParts: parts, count: count)
    Parallel.forEachPart(of: parts.count) { [storage, stride] part in
      unsafe (storage.pointer + part * stride).update(repeating: 0, count: stride)
    }
  }

  /// The sums of one part (count).
  subscript(part: Int) -> UnsafeMutablePointer<Float> { unsafe storage.pointer + part * stride }

  /// Writes the sums over all parts of all processes to `result` (count), the start of a storage.
  func sum(into result: UnsafeMutablePointer<Float>) {
    unsafe sumOwn(into: result)
    unsafe parts.addOthers(result, count: count)
  }

  /// Writes the sums over this process's parts to `result` (count), the start of a storage.
  func sumOwn(into result: UnsafeMutablePointer<Float>) {
    let vectors = stride / Storage.vectorWidth
    // Each result is a sum of up to 16 elements, so other threads save time for fewer results.
    Parallel.forEachRange(of: vectors, parts: count < 1 << 13 ? 1 : 16) { _, range in
      for vector in range {
        let start = vector * Storage.vectorWidth
        unsafe (result + start).vector = total(at: start)
      }
    }
  }

  /// The sums over this process's parts of the vector at the element `start`.
  @inline(__always)
  private func total(at start: Int) -> Vector {
    func one(_ part: Int) -> Vector { unsafe (self[part] + start).vector }
    func two(_ part: Int) -> Vector { one(part) + one(part + 1) }
    func four(_ part: Int) -> Vector { two(part) + two(part + 2) }
    func eight(_ part: Int) -> Vector { four(part) + four(part + 4) }
    return switch parts.count {
    case 1: one(0)
    case 2: two(0)
    case 4: four(0)
    case 8: eight(0)
    default: eight(0) + eight(8)
    }
  }
}
