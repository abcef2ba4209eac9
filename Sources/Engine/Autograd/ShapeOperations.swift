/// Operations that reshape, cut or join tensors. An entry of a tensor is the part at one index of the
/// first axis, such as one image of a batch.
extension Tensor {
  /// Returns the same elements with another shape; the storage is shared, not copied.
  ///
  /// - Parameter newShape: A shape with as many elements as this tensor has.
  public func reshaped(to newShape: [Int]) -> Tensor {
    require(
      elementCount(of: newShape) == count,
      "A tensor of shape \(shape) has \(count) elements and cannot take the shape \(newShape).")
    return Tensor(shape: newShape, storage: storage, node: nil).recorded(from: [self]) {
      [shape] gradient in [gradient.reshaped(to: shape)]
    }
  }

  /// Returns a copy of the entries at the indices `range` of the first axis.
  public subscript(range: Range<Int>) -> Tensor {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape.first ?? 0,
      "A tensor of shape \(shape) has no entries \(range).")
    let slice = unsafe filled([range.count] + shape.dropFirst()) {
      unsafe copyEntries(range, of: self, to: $0)
    }
    return slice.recorded(from: [self]) { [shape] gradient in
      // Entries outside the slice have no influence on it.
      let result = Tensor(repeating: 0, shape: shape)
      unsafe copyEntries(
        0..<range.count, of: gradient, to: result.pointer + range.lowerBound * gradient.entryLength)
      return [result]
    }
  }
}

/// Concatenates tensors along the first axis.
///
/// - Parameter tensors: At least one tensor; their shapes may differ in the first axis only.
/// - Returns: All entries, in the order of `tensors`.
public func concatenated(_ tensors: [Tensor]) -> Tensor {
  require(
    tensors.allSatisfy { $0.shape.dropFirst() == tensors[0].shape.dropFirst() && $0.shape != [] },
    "Tensors of shapes \(tensors.map(\.shape)) cannot be concatenated along the first axis.")
  require(!tensors.isEmpty, "At least one tensor is needed to concatenate.")
  let lengths = tensors.map { $0.shape[0] }
  let result = unsafe filled([lengths.reduce(0, +)] + tensors[0].shape.dropFirst()) { result in
    var end = unsafe result
    for tensor in tensors {
      unsafe copyEntries(0..<tensor.shape[0], of: tensor, to: end)
      unsafe end += tensor.count
    }
  }
  let needGradient = tensors.map(\.needsGradient)
  return result.recorded(from: tensors) { gradient in
    var end = 0
    return zip(lengths, needGradient).map { length, needsGradient in
      defer { end += length }
      return needsGradient ? gradient[end..<end + length] : nil
    }
  }
}

/// Gathers entries of a tensor by their indices along the first axis.
///
/// - Parameters:
///   - indices: The indices of the entries; an index may occur several times, and the gradient of
///     such an entry is the sum over its occurrences.
///   - tensor: A tensor with at least one axis.
/// - Returns: The entries in the order of `indices`.
public func gathered(_ indices: [Int], of tensor: Tensor) -> Tensor {
  let entries = 0..<(tensor.shape.first ?? 0)
  require(
    indices.allSatisfy(entries.contains),
    "A tensor of shape \(tensor.shape) lacks some of the entries \(indices).")
  let result = unsafe filled([indices.count] + tensor.shape.dropFirst()) {
    unsafe copyEntries(indices, of: tensor, to: $0)
  }
  return result.recorded(from: [tensor]) { [shape = tensor.shape] gradient in
    let result = Tensor(repeating: 0, shape: shape)
    let length = gradient.entryLength
    // One after the other, so that repeated entries are always summed in the same order.
    for (row, index) in indices.enumerated() {
      let (source, target) = unsafe (
        gradient.pointer + row * length, result.pointer + index * length
      )
      for i in 0..<length { unsafe target[i] += source[i] }
    }
    return [result]
  }
}

extension Tensor {
  /// The number of elements in an entry.
  var entryLength: Int {
    require(!shape.isEmpty, "A scalar has no entries.")
    return shape.dropFirst().reduce(1, *)
  }
}

/// Copies the entries of `tensor` at `indices` to `destination`, contiguously.
private func copyEntries(
  _ indices: some RandomAccessCollection<Int>, of tensor: Tensor,
  to destination: UnsafeMutablePointer<Float>
) {
  let indices = Array(indices)
  let length = tensor.entryLength
  forEachRow(indices.count, columns: length) { place in
    unsafe (destination + place * length).update(
      from: tensor.pointer + indices[place] * length, count: length)
  }
}
