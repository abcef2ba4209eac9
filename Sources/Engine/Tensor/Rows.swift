/// Functions of rows, chunks or entries. Their results are constants: nothing is recorded on the tape.
extension Tensor {
  /// Returns a copy in which `transform` has changed each row (the innermost axis) in place.
  ///
  /// The result is a constant: no gradient flows through it. See ``recorded(from:_:)`` for operations that need one.
  public func mapRows(_ transform: (_ row: inout MutableSpan<Float>) -> Void) -> Tensor {
    mapChunks(of: columns, transform)
  }

  /// Returns a copy in which `transform` has changed each row in place, given the row of another tensor.
  ///
  /// - Parameters:
  ///   - other: A tensor with as many rows, of any length.
  ///   - transform: Changes `row`; `otherRow` is the corresponding row of `other`.
  func mapRows(
    with other: Tensor,
    _ transform: (_ row: inout MutableSpan<Float>, _ otherRow: Span<Float>) -> Void
  ) -> Tensor {
    require(
      rows == other.rows,
      "Pairing rows needs tensors with the same number of rows; found \(rows) and \(other.rows).")
    return other.withScalars { others in
      var start = 0
      return mapRows { row in
        transform(&row, others.extracting(start..<start + other.columns))
        start += other.columns
      }
    }
  }

  /// Returns a copy in which `transform` has changed each chunk of `length` contiguous elements in
  /// place, such as each image of a batch.
  ///
  /// The result is a constant: no gradient flows through it. See ``recorded(from:_:)`` for operations that need one.
  public func mapChunks(of length: Int, _ transform: (_ chunk: inout MutableSpan<Float>) -> Void)
    -> Tensor
  {
    require(
      length > 0 && count.isMultiple(of: length),
      "\(count) elements cannot be cut into chunks of \(length).")
    return unsafe filled(shape) { result in
      unsafe result.update(from: pointer, count: count)
      for start in stride(from: 0, to: count, by: length) {
        let chunk = unsafe UnsafeMutableBufferPointer(start: result + start, count: length)
        var span = unsafe chunk.mutableSpan
        transform(&span)
      }
    }
  }

  /// Returns the index and the value of the largest element of each row, the first of equal ones.
  ///
  /// NaN is larger than any number, as in PyTorch: the maximum of a row with NaN is its first NaN. A row has at least
  /// one element.
  public func rowMaxima() -> [(index: Int, value: Float)] {
    require(columns > 0, "Rows without elements have no maximum; found the shape \(shape).")
    return (0..<rows).map { row in
      let values = unsafe UnsafeBufferPointer(start: pointer + row * columns, count: columns)
      var best = 0
      for i in 1..<columns {
        let (value, largest) = unsafe (values[i], values[best])
        if value > largest || (value.isNaN && !largest.isNaN) { best = i }
      }
      return unsafe (best, values[best])
    }
  }
}

extension MutableSpan<Float> {
  /// The largest element, of at least one: NaN if the first is NaN, otherwise the largest number.
  public func max() -> Float {
    var largest = self[0]
    for i in indices.dropFirst() where self[i] > largest { largest = self[i] }
    return largest
  }

  /// The sum of the elements, added in their order.
  public func sum() -> Float {
    var total: Float = 0
    for i in indices { total += self[i] }
    return total
  }
}

/// Applies `body` to corresponding elements of `a` and `b`, 16 at a time, and to the index of their
/// entry along the first axis.
///
/// Where the length of an entry is not a multiple of 16, the last vector of the entry also contains
/// elements behind it; their results are dropped.
///
/// - Returns: A constant tensor of the shape of `a` and `b`.
package func zipEntries(
  _ a: Tensor, _ b: Tensor, _ body: (_ entry: Int, _ a: Vector, _ b: Vector) -> Vector
) -> Tensor {
  require(
    a.shape == b.shape,
    "Entries can be paired in tensors of the same shape; found \(a.shape) and \(b.shape).")
  let length = a.entryLength
  return unsafe filled(a.shape) { result in
    forEachRow(a.shape[0], columns: length) { entry in
      let start = entry * length
      forEachColumnVector(length) { columns in
        let values = unsafe body(
          entry, columns.load(a.pointer + start), columns.load(b.pointer + start))
        unsafe columns.store(values, to: result + start)
      }
    }
  }
}
