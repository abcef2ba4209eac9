/// Functions of rows, chunks or entries. Their results are constants: nothing is recorded on the tape.
extension Tensor {
  /// Returns a copy in which `transform` has changed each row (the innermost axis) in place.
  public func mapRows(_ transform: (_ row: inout UnsafeMutableBufferPointer<Float>) -> Void)
    -> Tensor
  {
    mapChunks(of: columns, transform)
  }

  /// Returns a copy in which `transform` has changed each chunk of `length` contiguous elements in
  /// place, such as each image of a batch.
  public func mapChunks(
    of length: Int, _ transform: (_ chunk: inout UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    require(
      count.isMultiple(of: length), "\(count) elements cannot be cut into chunks of \(length).")
    let result = Tensor(uninitialised: shape)
    result.pointer.update(from: pointer, count: count)
    for start in stride(from: 0, to: count, by: length) {
      var view = UnsafeMutableBufferPointer(start: result.pointer + start, count: length)
      transform(&view)
    }
    return result
  }

  /// Returns the index and the value of the largest element of each row, the first of equal ones.
  public func rowMaxima() -> [(index: Int, value: Float)] {
    (0..<rows).map { row in
      let values = UnsafeBufferPointer(start: pointer + row * columns, count: columns)
      let best = values.indices.max {
        values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1)
      }!
      return (best, values[best])
    }
  }
}

/// Applies `body` to corresponding elements of `a` and `b`, 16 at a time, and to the index of their
/// entry along the first axis.
///
/// Where the length of an entry is no multiple of 16, the last vector of the entry also contains
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
  return filled(a.shape) { result in
    forEachRow(a.shape[0], columns: length) { entry in
      let start = entry * length
      forEachColumnVector(length) { columns in
        let values = body(
          entry, columns.load(a.pointer + start), columns.load(b.pointer + start))
        columns.store(values, to: result + start)
      }
    }
  }
}
