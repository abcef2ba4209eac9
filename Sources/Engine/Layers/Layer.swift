/// The way in which a network is run: in training or in evaluation.
public enum Mode: Sendable {
  /// Batch norm normalises by the batch statistics and updates its running statistics; dropout is active.
  case training
  /// Batch norm normalises by the batch statistics and does not update its running statistics; dropout is active.
  case trainingWithFrozenStatistics
  /// Batch norm normalises by its running statistics; dropout does nothing.
  case evaluation

  /// Whether batch norm updates its running statistics.
  public var updatesStatistics: Bool { self == .training }
}

/// A part of a network, with the parameters and buffers that it may have.
public protocol Module: AnyObject, Resumable {
  /// The trainable parameters, in a fixed order; none by default.
  ///
  /// If parts of a network share a parameter, it is listed under each of its names. A file of the weights then has it
  /// under each name, too, while it is trained and counted once.
  var parameters: [NamedParameter] { get }

  /// The running means and variances, which are saved but not trained, in a fixed order; none by default.
  ///
  /// There are no buffers of another kind: other state of a module that is part of another one, such as the random
  /// stream of ``Dropout``, is not saved.
  var buffers: [NamedBuffer] { get }
}

extension Module {
  /// The parameters: none by default.
  public var parameters: [NamedParameter] { [] }
  /// The buffers: none by default.
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
  public var parameterCount: Int {
    distinct(parameters, by: \.parameter).reduce(0) { $0 + $1.parameter.value.count }
  }
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
///
/// A layer may be a chain of stages, so that a method such as manifold mixup can change its hidden states in the middle
/// of the forward pass:
///
///     let hidden = network.run(0..<2, on: HiddenState(images), .training)
///     let changed = HiddenState(dropout(hidden.values, probability: 0.5, random: &random))
///     let logits = network.run(2..<network.stageCount, on: changed, .training).values
public protocol Layer: Module {
  /// Computes the output of the layer for the input `x`.
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor

  /// Whether several processes may divide the batch (``Communicator``); false by default.
  ///
  /// They may if each output image depends only on its own input image, apart from the statistics of batch norm, if the
  /// layer draws no random numbers, and if every parameter gradient is summed over the processes. Only convolutions and
  /// batch norm sum theirs, so a layer with any other parameter must return false.
  var isDivisible: Bool { get }

  /// The number of stages; 1 by default, the whole layer.
  var stageCount: Int { get }

  /// Computes the hidden state after `stages` from the one before them.
  ///
  /// Running all stages in order gives the same bits as calling the layer.
  ///
  /// - Parameters:
  ///   - stages: A range of 0 ..< ``stageCount``; an empty one changes nothing.
  ///   - state: The input of the first of these stages.
  ///   - mode: The mode in which the stages run.
  func run(_ stages: Range<Int>, on state: HiddenState, _ mode: Mode) -> HiddenState
}

extension Layer {
  /// Whether processes can divide the images: no, unless a layer states otherwise.
  public var isDivisible: Bool { false }

  /// The number of stages: 1, the whole layer.
  public var stageCount: Int { 1 }

  /// Applies the layer unless `stages` is empty.
  public func run(_ stages: Range<Int>, on state: HiddenState, _ mode: Mode) -> HiddenState {
    requireStages(stages)
    return stages.isEmpty ? state : HiddenState(self(state.values, mode))
  }
}

extension Layer {
  /// Requires that the layer has the stages.
  func requireStages(_ stages: Range<Int>) {
    require(
      stages.lowerBound >= 0 && stages.upperBound <= stageCount,
      "The stages of the layer are 0..<\(stageCount); found \(stages).")
  }
}

/// A hidden state of a network: the input or the output of one of its stages.
public struct HiddenState: Sendable {
  /// The activations of a batch, (N, …, C).
  public let values: Tensor
  /// The moments of the activations, if the stage before has computed them.
  let moments: ChannelMoments?

  /// A hidden state with the activations `values`, (N, …, C).
  public init(_ values: Tensor) { self.init(values, moments: nil) }

  init(_ values: Tensor, moments: ChannelMoments?) {
    (self.values, self.moments) = (values, moments)
  }
}
