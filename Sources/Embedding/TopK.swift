/// Keeps the smallest of a stream of numbers, with their indices; the earlier one among equals.
///
/// A number enters only if it is below the bound, the greatest of those kept at the last clearing;
/// when the store is full, all but the smallest are cleared away.
struct TopK {
  private let count: Int
  /// The number in the order of its bits, then its index.
  private var keys: [UInt64]
  private var used = 0
  private var bound = Float.infinity

  /// Keeps the `count` smallest.
  init(count: Int) {
    self.count = count
    keys = [UInt64](repeating: 0, count: 2 * count + 16)
  }

  /// Looks at numbers with the indices `firstIndex`, `firstIndex` + 1 and so on, leaving out the
  /// one with index `excluded`. Indices must not fall from call to call.
  mutating func offer(
    _ numbers: UnsafePointer<Float>, count: Int, firstIndex: Int, except excluded: Int
  ) {
    let whole = count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
      let vector = UnsafeRawPointer(numbers + start).loadUnaligned(as: SIMD16<Float>.self)
      if any(vector .< bound) {
        for place in start..<(start + 16) {
          offer(numbers[place], index: firstIndex + place, except: excluded)
        }
      }
    }
    for place in whole..<count {
      offer(numbers[place], index: firstIndex + place, except: excluded)
    }
  }

  /// The indices of the smallest numbers, in no order.
  func smallest() -> [Int32] {
    var copy = self
    copy.clear()
    return copy.keys.prefix(copy.used).map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
  }

  @inline(__always)
  private mutating func offer(_ number: Float, index: Int, except excluded: Int) {
    guard number < bound, index != excluded else { return }
    keys[used] = UInt64(number.orderedBits) << 32 | UInt64(index)
    used += 1
    if used == keys.count { clear() }
  }

  /// Brings the smallest to the front and forgets the rest.
  private mutating func clear() {
    guard used > count else { return }
    keys.withUnsafeMutableBufferPointer { partition($0, used: used, smallest: count) }
    used = count
    let greatest = keys.prefix(count).reduce(0, max)
    bound = Float(orderedBits: UInt32(greatest >> 32))
  }
}

/// Rearranges the first `used` keys so that the smallest come first (Hoare's quickselect).
private func partition(_ keys: UnsafeMutableBufferPointer<UInt64>, used: Int, smallest: Int) {
  var (low, high) = (0, used - 1)
  while low < high {
    let pivot = keys[(low + high) / 2]
    var (left, right) = (low, high)
    while left <= right {
      while keys[left] < pivot { left += 1 }
      while keys[right] > pivot { right -= 1 }
      if left <= right {
        keys.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if smallest - 1 <= right {
      high = right
    } else if smallest - 1 >= left {
      low = left
    } else {
      return
    }
  }
}

extension Float {
  /// An integer that orders as the number does, negative ones too.
  fileprivate var orderedBits: UInt32 {
    bitPattern ^ (sign == .minus ? 0xFFFF_FFFF : 0x8000_0000)
  }

  fileprivate init(orderedBits bits: UInt32) {
    self.init(bitPattern: bits ^ (bits >> 31 == 0 ? 0xFFFF_FFFF : 0x8000_0000))
  }
}
