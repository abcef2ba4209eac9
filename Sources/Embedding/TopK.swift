/// The k smallest numbers of a stream, with their indices; of equal numbers, the first is kept.
///
/// A number is stored only if it is below a bound. When the store is full, all but the k smallest numbers
/// are removed, and the greatest of these becomes the bound.
struct TopK {
  private let count: Int
  /// The number's ordered bits in the upper half, and its index in the lower half.
  private var keys: [UInt64]
  private var used = 0
  private var bound = Float.infinity

  /// Creates an empty selection of the `count` smallest numbers.
  init(count: Int) {
    self.count = count
    keys = [UInt64](repeating: 0, count: 2 * count + 16)
  }

  /// Offers numbers with ascending indices to the selection.
  ///
  /// - Parameters:
  ///   - numbers: The numbers: (count).
  ///   - count: The number of numbers.
  ///   - firstIndex: The index of the first number; it must not decrease from call to call.
  ///   - excluded: The index of a number to skip.
  mutating func offer(
    _ numbers: UnsafePointer<Float>, count: Int, firstIndex: Int, except excluded: Int
  ) {
    let whole = count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
      let vector = unsafe UnsafeRawPointer(numbers + start).loadUnaligned(as: SIMD16<Float>.self)
      if any(vector .< bound) {
        for place in start..<(start + 16) {
          unsafe offer(numbers[place], index: firstIndex + place, except: excluded)
        }
      }
    }
    for place in whole..<count {
      unsafe offer(numbers[place], index: firstIndex + place, except: excluded)
    }
  }

  /// Returns the indices of the smallest numbers, in no particular order.
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

  /// Removes all but the smallest numbers and lowers the bound.
  private mutating func clear() {
    guard used > count else { return }
    unsafe keys.withUnsafeMutableBufferPointer { unsafe partition($0, used: used, smallest: count) }
    used = count
    let greatest = keys.prefix(count).reduce(0, max)
    bound = Float(orderedBits: UInt32(greatest >> 32))
  }
}

/// Moves the `smallest` smallest of the first `used` keys to the front (Hoare's quickselect).
private func partition(_ keys: UnsafeMutableBufferPointer<UInt64>, used: Int, smallest: Int) {
  var (low, high) = (0, used - 1)
  while low < high {
    let pivot = unsafe keys[(low + high) / 2]
    var (left, right) = (low, high)
    while left <= right {
      while unsafe keys[left] < pivot { left += 1 }
      while unsafe keys[right] > pivot { right -= 1 }
      if left <= right {
        unsafe keys.swapAt(left, right)
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
  /// The bits as an integer with the same order as the number, including negative numbers.
  fileprivate var orderedBits: UInt32 {
    bitPattern ^ (sign == .minus ? 0xFFFF_FFFF : 0x8000_0000)
  }

  fileprivate init(orderedBits bits: UInt32) {
    self.init(bitPattern: bits ^ (bits >> 31 == 0 ? 0xFFFF_FFFF : 0x8000_0000))
  }
}
