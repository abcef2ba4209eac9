/// How a network is being run.
public enum Mode: Sendable {
  /// Batch norm normalises by the batch's moments and moves its running moments.
  case training
  /// Batch norm normalises by the batch's moments and leaves its running moments alone.
  case trainingLeavingStatistics
  /// Batch norm normalises by its running moments.
  case evaluation

  /// Whether batch norm moves its running moments.
  var movesStatistics: Bool { self == .training }
}

/// Something with parameters of its own.
public protocol ParameterHolder: AnyObject, Resumable {
  /// What training changes, in a fixed order.
  var parameters: [NamedParameter] { get }

  /// What is kept beside the parameters, in a fixed order.
  var statistics: [NamedStatistic] { get }
}

extension ParameterHolder {
  /// None.
  public var parameters: [NamedParameter] { [] }
  /// None.
  public var statistics: [NamedStatistic] { [] }

  /// The parameters, their names behind that of the whole.
  func parameters(under name: String) -> [NamedParameter] {
    parameters.map { ("\(name).\($0.name)", $0.parameter) }
  }

  /// The statistics, their names behind that of the whole.
  func statistics(under name: String) -> [NamedStatistic] {
    statistics.map { ("\(name).\($0.name)", $0.statistic) }
  }

  /// How many numbers training changes.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// A function of a tensor with parameters of its own.
public protocol Layer: ParameterHolder {
  /// The layer's output for `x`.
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor
}
