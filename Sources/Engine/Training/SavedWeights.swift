import Files
import Foundation

extension Module {
  /// Writes the parameters and buffers to a safetensors file, with the names and layouts of ``pyTorchState()``.
  ///
  /// The file is replaced atomically: an interruption leaves either the old or the new content.
  ///
  /// - Parameter url: The file; its folder must exist.
  /// - Throws: An error described in one line that names the file, if it cannot be written, a value is not finite, a
  ///   tensor is empty, or its name has another meaning in the format.
  public func save(to url: URL) throws {
    try SafeTensors(tensors: pyTorchState(), metadata: ["format": "pt"]).write(to: url)
  }

  /// Restores the parameters and buffers from a safetensors file, such as one that ``save(to:)`` or PyTorch wrote.
  ///
  /// - Parameter url: The file.
  /// - Throws: An error described in one line that names the file, if it cannot be read, is not a complete safetensors file,
  ///   belongs to a network with other names or shapes, or has numbers of another type than F32, numbers that are not
  ///   finite, or a negative `running_var`. Then nothing has changed.
  public func load(from url: URL) throws {
    let content = try SafeTensors(contentsOf: url)
    try SnapshotError.naming(url) { try load(pyTorchState: content.tensors) }
  }

  /// The parameters and buffers with the names and layouts that PyTorch's `state_dict` has.
  ///
  /// | here                                   | in PyTorch                                   |
  /// | -------------------------------------- | -------------------------------------------- |
  /// | filters (K, K, inputs, outputs)        | `weight` (outputs, inputs, K, K)             |
  /// | `weights` (inputs, outputs), `bias`    | `weight` (outputs, inputs), `bias` of Linear |
  /// | `scale`, `shift`                       | `weight`, `bias` of BatchNorm2d              |
  /// | `running.mean`, `running.variance`     | `running_mean`, `running_var`                |
  ///
  /// The names before the last full stop are those of this module: "groups.1.0.norm2.running_var". A single layer
  /// has names without a full stop. Other names stay as they are; two of one layer must not become the same.
  public func pyTorchState() -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in Snapshot(of: state).tensors {
      let theirs = pyTorchName(name, rank: tensor.shape.count)
      require(
        result.updateValue(inPyTorchLayout(tensor), forKey: theirs) == nil,
        "Two parameters of a layer have the name \"\(theirs)\" in PyTorch.")
    }
    return result
  }

  /// Restores the parameters and buffers from tensors with PyTorch's names and layouts.
  ///
  /// `num_batches_tracked`, a counter of PyTorch's batch norm, is ignored.
  ///
  /// - Throws: ``SnapshotError`` for missing or additional names, other shapes, or a negative `running_var`; then
  ///   nothing has changed.
  public func load(pyTorchState tensors: [String: Tensor]) throws {
    var values: [String: Snapshot.Value] = [:]
    var rest = tensors.filter { !isBatchCounter($0.key) }
    for piece in state {
      guard case .tensor(let tensor) = piece.read() else { continue }
      let name = piece.name
      let theirs = pyTorchName(name, rank: tensor.shape.count)
      guard let found = rest.removeValue(forKey: theirs) else {
        throw SnapshotError(
          "found no tensor \"\(theirs)\", expected one for each parameter and buffer")
      }
      let expected = inPyTorchLayout(tensor).shape
      guard found.shape == expected else {
        throw SnapshotError(
          "found the tensor \"\(theirs)\" of shape \(found.shape), expected \(expected)")
      }
      let value = Snapshot.Value.tensor(fromPyTorchLayout(found))
      if let problem = piece.problem(value) {
        throw SnapshotError("found the tensor \"\(theirs)\" with \(problem)")
      }
      values[name] = value
    }
    if let foreign = rest.keys.sorted().first {
      throw SnapshotError("found a tensor \"\(foreign)\", which no layer of the network has")
    }
    try Snapshot(values).restore(state)
  }
}

/// The name that PyTorch gives to the parameter or buffer `name`.
private func pyTorchName(_ name: String, rank: Int) -> String {
  let endings = [
    ("running.mean", "running_mean"), ("running.variance", "running_var"),
    ("weights", "weight"), ("scale", "weight"), ("shift", "bias"),
  ]
  // A layer by itself has nothing before the ending.
  for (ours, theirs) in endings where name == ours || name.hasSuffix("." + ours) {
    return name.dropLast(ours.count) + theirs
  }
  // Filters that are a parameter of their own are the weight of a convolution.
  return rank == 4 ? name + ".weight" : name
}

/// Filters (K, K, C, D) → (D, C, K, K), matrices (C, D) → (D, C), vectors as they are.
private func inPyTorchLayout(_ tensor: Tensor) -> Tensor {
  switch tensor.shape.count {
  case 4: permuted(tensor, axes: [3, 2, 0, 1])
  case 2: permuted(tensor, axes: [1, 0])
  default: tensor
  }
}

/// The inverse of ``inPyTorchLayout(_:)``.
private func fromPyTorchLayout(_ tensor: Tensor) -> Tensor {
  switch tensor.shape.count {
  case 4: permuted(tensor, axes: [2, 3, 1, 0])
  case 2: permuted(tensor, axes: [1, 0])
  default: tensor
  }
}

/// A tensor whose axis k is the axis `axes[k]` of `tensor`.
private func permuted(_ tensor: Tensor, axes: [Int]) -> Tensor {
  let shape = axes.map { tensor.shape[$0] }
  let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
  let steps = axes.map { strides[$0] }
  let values = tensor.scalars
  var index = [Int](repeating: 0, count: shape.count)
  let result = (0..<values.count).map { _ -> Float in
    let value = values[zip(index, steps).reduce(0) { $0 + $1.0 * $1.1 }]
    // The next index in row-major order.
    for axis in shape.indices.reversed() {
      index[axis] += 1
      if index[axis] < shape[axis] { break }
      index[axis] = 0
    }
    return value
  }
  return Tensor(result, shape: shape)
}
