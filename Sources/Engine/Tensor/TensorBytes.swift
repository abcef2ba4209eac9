extension Tensor {
  /// The elements in row-major order, each as four bytes, the lowest one first.
  var littleEndianBytes: [UInt8] {
    unsafe scalars.map(\.bitPattern.littleEndian).withUnsafeBytes { unsafe Array($0) }
  }

  /// A tensor of `shape` from four bytes for each element, as ``littleEndianBytes`` gives them.
  init(littleEndianBytes bytes: ArraySlice<UInt8>, shape: [Int]) {
    require(
      bytes.count == 4 * elementCount(of: shape),
      "A tensor of shape \(shape) has four bytes for each element; found \(bytes.count).")
    self = unsafe filled(shape) { elements in
      unsafe bytes.withUnsafeBytes { bytes in
        for index in 0..<bytes.count / 4 {
          let bits = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          unsafe elements[index] = Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
    }
  }

  /// Whether no element is NaN or infinite.
  var isFinite: Bool { scalars.allSatisfy(\.isFinite) }
}
