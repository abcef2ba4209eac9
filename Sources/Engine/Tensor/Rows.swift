/// Row-wise views of tensors whose innermost axis holds classes.
extension Tensor {
  /// A new tensor, off the tape, of the same shape: each row is a copy of this tensor's that
  /// `transform` has changed in place.
  public func mapRows(_ transform: (_ row: inout UnsafeMutableBufferPointer<Float>) -> Void)
    -> Tensor
  {
    mapChunks(of: columns, transform)
  }

  /// The same for each stretch of `length` numbers, such as an image of a batch.
  public func mapChunks(
    of length: Int, _ transform: (_ stretch: inout UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    require(
      count.isMultiple(of: length), "\(count) numbers are no whole stretches of \(length).")
    let result = Tensor(uninitialised: shape)
    result.pointer.update(from: pointer, count: count)
    for start in stride(from: 0, to: count, by: length) {
      var view = UnsafeMutableBufferPointer(start: result.pointer + start, count: length)
      transform(&view)
    }
    return result
  }

  /// For each row the index of its largest number (the first, if there are several) and that
  /// number.
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
