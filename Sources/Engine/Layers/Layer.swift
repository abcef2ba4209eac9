/// How a network is being run.
public enum Mode: Sendable {
  /// Batch norm normalises by the batch's moments and moves its running moments.
  case training
  /// Batch norm normalises by its running moments.
  case evaluation
}

/// A function of a tensor with parameters of its own.
public protocol Layer: AnyObject {
  /// The layer's output for `x`.
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor

  /// What training changes, in a fixed order.
  var parameters: [NamedParameter] { get }

  /// What is kept beside the parameters, in a fixed order.
  var statistics: [NamedStatistic] { get }
}

extension Layer {
  /// None.
  public var parameters: [NamedParameter] { [] }
  /// None.
  public var statistics: [NamedStatistic] { [] }

  /// How many numbers training changes.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// Layers one after the other.
public final class Sequential: Layer {
  private let layers: [any Layer]

  /// The layers in the order they are applied.
  public init(_ layers: any Layer...) { self.layers = layers }

  /// The last layer's output.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    layers.reduce(x) { x, layer in layer(x, mode) }
  }

  /// The layers' parameters, named "index.name".
  public var parameters: [NamedParameter] {
    layers.enumerated().flatMap { index, layer in
      layer.parameters.map { ("\(index).\($0.name)", $0.parameter) }
    }
  }

  /// The layers' statistics, named "index.name".
  public var statistics: [NamedStatistic] {
    layers.enumerated().flatMap { index, layer in
      layer.statistics.map { ("\(index).\($0.name)", $0.statistic) }
    }
  }
}
