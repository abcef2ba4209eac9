/// How a network is being run.
public enum Mode: Sendable {
  /// Batch norm normalises by the batch's moments and moves its running moments.
  case training
  /// Batch norm normalises by the batch's moments and leaves its running moments alone.
  case trainingFrozenStatistics
  /// Batch norm normalises by its running moments.
  case evaluation

  /// Whether batch norm moves its running moments.
  var updatesStatistics: Bool { self == .training }
}

/// Something with parameters of its own.
public protocol Module: AnyObject, Resumable {
  /// What training changes, in a fixed order.
  var parameters: [NamedParameter] { get }

  /// What is kept beside the parameters, in a fixed order.
  var buffers: [NamedBuffer] { get }
}

extension Module {
  /// None.
  public var parameters: [NamedParameter] { [] }
  /// None.
  public var buffers: [NamedBuffer] { [] }

  /// The parameters, their names behind that of the whole.
  func parameters(under name: String) -> [NamedParameter] {
    parameters.map { ("\(name).\($0.name)", $0.parameter) }
  }

  /// The buffers, their names behind that of the whole.
  func buffers(under name: String) -> [NamedBuffer] {
    buffers.map { ("\(name).\($0.name)", $0.buffer) }
  }

  /// How many numbers training changes.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// A function of a tensor with parameters of its own.
public protocol Layer: Module {
  /// The layer's output for `x`.
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor
}
