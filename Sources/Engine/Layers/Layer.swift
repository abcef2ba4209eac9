/// How a network is run: in training or in evaluation.
public enum Mode: Sendable {
  /// Batch norm normalises by the batch statistics and updates its running averages.
  case training
  /// Batch norm normalises by the batch statistics and does not update its running averages.
  case trainingFrozenStatistics
  /// Batch norm normalises by its running averages.
  case evaluation

  /// Whether batch norm updates its running averages.
  public var updatesStatistics: Bool { self == .training }
}

/// A part of a network with parameters of its own.
public protocol Module: AnyObject, Resumable {
  /// The trainable parameters, in a fixed order; none by default.
  var parameters: [NamedParameter] { get }

  /// The state that is saved but not trained, in a fixed order; none by default.
  var buffers: [NamedBuffer] { get }
}

extension Module {
  /// No parameters.
  public var parameters: [NamedParameter] { [] }
  /// No buffers.
  public var buffers: [NamedBuffer] { [] }

  /// Returns the parameters with names that start with the name of this part: "name.parameter".
  public func parameters(under name: String) -> [NamedParameter] {
    parameters.map { ("\(name).\($0.name)", $0.parameter) }
  }

  /// Returns the buffers with names that start with the name of this part: "name.buffer".
  public func buffers(under name: String) -> [NamedBuffer] {
    buffers.map { ("\(name).\($0.name)", $0.buffer) }
  }

  /// The number of trainable elements.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// A module that maps a tensor to a tensor.
///
/// A layer composed of others lists their parameters under their names:
///
///     final class Head: Layer {
///       private let hidden, output: Linear
///       …
///       func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
///         output(relu(hidden(x, mode)), mode)
///       }
///       var parameters: [NamedParameter] {
///         hidden.parameters(under: "hidden") + output.parameters(under: "output")
///       }
///     }
public protocol Layer: Module {
  /// Computes the output of the layer for the input `x`.
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor
}
