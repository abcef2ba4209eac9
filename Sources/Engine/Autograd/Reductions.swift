/// Sums and means. They are accumulated in double precision and in a fixed order, so that the bits do
/// not depend on the number of threads.
extension Tensor {
  /// Returns the sum of all elements, a scalar of shape [].
  public func sum() -> Tensor {
    let total = (0..<count).reduce(0.0) { unsafe $0 + Double(pointer[$1]) }
    return Tensor([Float(total)], shape: []).recorded(from: [self]) { [shape] gradient in
      [Tensor(repeating: gradient.scalar, shape: shape)]
    }
  }

  /// Returns the mean of all elements, at least one: a scalar of shape [].
  public func mean() -> Tensor {
    require(count > 0, "A mean needs at least one element; found the shape \(shape).")
    return sum() / Float(count)
  }

  /// Returns the sums along an axis.
  ///
  /// - Parameter axis: The axis to sum over, counted from 0, the outermost.
  /// - Returns: A tensor of this shape without `axis`: summing (N, C) over axis 1 gives (N).
  public func sum(axis: Int) -> Tensor {
    require(
      shape.indices.contains(axis), "A tensor of shape \(shape) has no axis \(axis) to sum over.")
    let (length, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
    let outer = shape[..<axis].reduce(1, *)
    let result = unsafe filled(Array(shape[..<axis] + shape[(axis + 1)...])) { result in
      forEachRow(outer, columns: length * inner) { row in
        var totals = [Double](repeating: 0, count: inner)
        for place in 0..<length {
          let source = unsafe pointer + (row * length + place) * inner
          for i in 0..<inner { unsafe totals[i] += Double(source[i]) }
        }
        for i in 0..<inner { unsafe result[row * inner + i] = Float(totals[i]) }
      }
    }
    return result.recorded(from: [self]) { [shape] gradient in
      let expanded = unsafe filled(shape) { expanded in
        forEachRow(outer * length, columns: inner) { row in
          unsafe (expanded + row * inner).update(
            from: gradient.pointer + row / length * inner, count: inner)
        }
      }
      return [expanded]
    }
  }

  /// Returns the means along an axis.
  ///
  /// - Parameter axis: The axis to average over, counted from 0, the outermost; its length is at least 1.
  /// - Returns: A tensor of this shape without `axis`.
  public func mean(axis: Int) -> Tensor {
    let sums = sum(axis: axis)
    require(
      shape[axis] > 0,
      "A mean needs at least one element along axis \(axis); found the shape \(shape).")
    return sums / Float(shape[axis])
  }
}
