extension Tensor {
  /// What stands at the indices `range` of the first axis: some images of a batch, some rows of its
  /// predictions.
  public subscript(range: Range<Int>) -> Tensor {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape.first ?? 0,
      "A tensor of shape \(shape) has no entries \(range).")
    let slice = filled([range.count] + shape.dropFirst()) {
      copyEntries(range, of: self, to: $0)
    }
    return slice.recorded(from: [self]) { [shape] gradient in
      // The other entries had no part in it.
      let result = Tensor(repeating: 0, shape: shape)
      copyEntries(
        0..<range.count, of: gradient, to: result.pointer + range.lowerBound * gradient.entryLength)
      return [result]
    }
  }
}
