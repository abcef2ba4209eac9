/// Batches put together and taken apart: an entry is what stands at one index of the first axis, an
/// image of a batch of images or a row of predictions.
extension Tensor {
  /// How many numbers an entry has.
  var entryLength: Int {
    require(!shape.isEmpty, "A single number has no entries.")
    return shape.dropFirst().reduce(1, *)
  }
}

/// The entries of all `tensors` one behind the other, off the tape; the tensors may differ in the
/// length of the first axis alone.
public func concatenated(_ tensors: [Tensor]) -> Tensor {
  require(
    !tensors.isEmpty && tensors.allSatisfy { $0.shape.dropFirst() == tensors[0].shape.dropFirst() },
    "Shapes \(tensors.map(\.shape)) cannot be put one behind the other.")
  let entries = tensors.map { $0.shape[0] }.reduce(0, +)
  return filled([entries] + tensors[0].shape.dropFirst()) { result in
    var end = result
    for tensor in tensors {
      copyEntries(0..<tensor.shape[0], of: tensor, to: end)
      end += tensor.count
    }
  }
}

/// The entries of `tensor` at `indices`, in that order, off the tape; an index may occur again.
public func gathered(_ indices: [Int], of tensor: Tensor) -> Tensor {
  let entries = 0..<(tensor.shape.first ?? 0)
  require(
    indices.allSatisfy(entries.contains),
    "A tensor of shape \(tensor.shape) lacks some of the entries \(indices).")
  return filled([indices.count] + tensor.shape.dropFirst()) {
    copyEntries(indices, of: tensor, to: $0)
  }
}

/// `body` of the numbers that stand at the same place in `a` and in `b`, a vector of them at a time,
/// and of the index of their entry; a new tensor of the same shape, off the tape.
///
/// Where an entry is no multiple of a vector long, `body` also sees what lies behind it, and what
/// it makes of that is dropped.
package func zipEntries(
  _ a: Tensor, _ b: Tensor, _ body: (_ entry: Int, _ a: Vector, _ b: Vector) -> Vector
) -> Tensor {
  require(a.shape == b.shape, "Entries of shapes \(a.shape) and \(b.shape) make no pairs.")
  let length = a.entryLength
  return filled(a.shape) { result in
    forEachRow(a.shape[0], columns: length) { entry in
      let start = entry * length
      forEachColumnVector(length) { columns in
        let numbers = body(
          entry, columns.load(a.pointer + start), columns.load(b.pointer + start))
        columns.store(numbers, to: result + start)
      }
    }
  }
}

/// Copies the entries of `tensor` at `indices` to `destination`, one behind the other.
func copyEntries(
  _ indices: some RandomAccessCollection<Int>, of tensor: Tensor,
  to destination: UnsafeMutablePointer<Float>
) {
  let indices = Array(indices)
  let length = tensor.entryLength
  forEachRow(indices.count, columns: length) { place in
    (destination + place * length).update(
      from: tensor.pointer + indices[place] * length, count: length)
  }
}
