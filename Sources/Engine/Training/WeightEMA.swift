/// An exponential moving average (EMA) of the weights of a network, for evaluation (Tarvainen and
/// Valpola 2017, arXiv:1703.01780).
///
/// After each step, average ← decay·average + (1 − decay)·weight. The running statistics of batch norm
/// were collected with these weights and are averaged in the same way. (The article's notebook looks
/// them up by name and misses some.)
public final class WeightEMA {
  private let parameters: [NamedParameter]
  private let buffers: [NamedBuffer]
  private let decay: Float
  private var parameterAverages: [Tensor]
  private let momentAverages: [RunningStatistics]
  /// Whether the network has the averages as its weights, and the fields above hold the network's own.
  private var isExchanged = false

  /// Creates an average that starts at the current weights of `network`; `decay` lies in [0, 1).
  public init(of network: some Module, decay: Float) {
    require((0..<1).contains(decay), "The decay is \(decay); it must lie in [0, 1).")
    parameters = network.parameters
    buffers = network.buffers
    self.decay = decay
    parameterAverages = parameters.map { $0.parameter.value.detached }
    momentAverages = buffers.map { RunningStatistics($0.buffer.moments) }
  }

  /// Updates the averages with the current weights; not while the network has the averages as its weights.
  public func update() {
    requireOwnWeights()
    for (index, (_, parameter)) in parameters.enumerated() {
      parameterAverages[index] = moved(parameterAverages[index], towards: parameter.value)
    }
    for (index, (_, buffer)) in buffers.enumerated() {
      let (average, present) = (momentAverages[index].moments, buffer.moments)
      momentAverages[index].moments = ChannelMoments(
        mean: moved(average.mean, towards: present.mean),
        variance: moved(average.variance, towards: present.variance))
    }
  }

  private func moved(_ average: Tensor, towards value: Tensor) -> Tensor {
    decay * average + (1 - decay) * value.detached
  }

  /// Runs `body` while the network has the averages as its weights; calls can be nested.
  ///
  /// `body` must neither call ``update()`` nor save or restore the ``state``: the process would end with a
  /// message.
  public func withAveragedWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard !isExchanged else { return try body() }
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    isExchanged.toggle()
    for (index, (_, parameter)) in parameters.enumerated() {
      let value = parameter.value.detached
      parameter.value = parameterAverages[index]
      parameterAverages[index] = value
    }
    for (index, (_, buffer)) in buffers.enumerated() {
      swap(&buffer.moments, &momentAverages[index].moments)
    }
  }

  private func requireOwnWeights() {
    require(
      !isExchanged,
      "The network has the EMA of its weights for evaluation; train, save or restore it later.")
  }
}

extension WeightEMA: Resumable {
  /// The averages, under the names of the weights.
  ///
  /// It can be saved and restored only while the network has its own weights.
  public var state: [NamedState] {
    let weights = parameters.indices.map { index in
      NamedState.tensor(
        parameters[index].name,
        get: {
          self.requireOwnWeights()
          return self.parameterAverages[index]
        },
        set: { self.parameterAverages[index] = $0 })
    }
    return weights + zip(buffers, momentAverages).flatMap { $1.state(under: $0.name) }
  }
}
