/// An exponential moving average (EMA) of the weights of a network, for evaluation (Tarvainen and
/// Valpola 2017, arXiv:1703.01780).
///
/// After each step, EMA ← decay·EMA + (1 − decay)·weight. The running statistics of batch norm
/// were collected with these weights and have an EMA of the same decay. (The article's notebook looks
/// them up by name and misses some.)
public final class WeightEMA {
  private let parameters: [NamedParameter]
  private let buffers: [NamedBuffer]
  private let decay: Float
  private var parameterEMAs: [Tensor]
  private let momentEMAs: [RunningStatistics]
  /// Whether the network has the EMA as its weights, and the fields above hold the network's own.
  private var isExchanged = false

  /// Creates an EMA that starts at the current weights of `network`; `decay` lies in [0, 1).
  public init(of network: some Module, decay: Float) {
    require((0..<1).contains(decay), "The decay is \(decay); it must lie in [0, 1).")
    parameters = distinct(network.parameters, by: \.parameter)
    buffers = distinct(network.buffers, by: \.buffer)
    self.decay = decay
    parameterEMAs = parameters.map { $0.parameter.value.detached }
    momentEMAs = buffers.map { RunningStatistics($0.buffer.moments) }
  }

  /// Updates the EMA with the current weights; not while the network has the EMA as its weights.
  public func update() {
    requireOwnWeights()
    for (index, (_, parameter)) in parameters.enumerated() {
      parameterEMAs[index] = moved(parameterEMAs[index], towards: parameter.value)
    }
    for (index, (_, buffer)) in buffers.enumerated() {
      let (ema, present) = (momentEMAs[index].moments, buffer.moments)
      momentEMAs[index].moments = ChannelMoments(
        mean: moved(ema.mean, towards: present.mean),
        variance: moved(ema.variance, towards: present.variance))
    }
  }

  private func moved(_ ema: Tensor, towards value: Tensor) -> Tensor {
    decay * ema + (1 - decay) * value.detached
  }

  /// Runs `body` while the network has the EMA as its weights; calls can be nested.
  ///
  /// `body` must neither call ``update()`` nor save or restore the ``state``: the process would end with a
  /// message.
  public func withEMAWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard !isExchanged else { return try body() }
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    isExchanged.toggle()
    for (index, (_, parameter)) in parameters.enumerated() {
      let value = parameter.value.detached
      parameter.value = parameterEMAs[index]
      parameterEMAs[index] = value
    }
    for (index, (_, buffer)) in buffers.enumerated() {
      swap(&buffer.moments, &momentEMAs[index].moments)
    }
  }

  private func requireOwnWeights() {
    require(
      !isExchanged,
      "The network has the EMA of its weights for evaluation; train, save or restore it later.")
  }
}

extension WeightEMA: Resumable {
  /// The EMA of each weight, under the name of the weight.
  ///
  /// It can be saved and restored only while the network has its own weights.
  public var state: [NamedState] {
    let weights = parameters.indices.map { index in
      NamedState.tensor(
        parameters[index].name,
        get: {
          self.requireOwnWeights()
          return self.parameterEMAs[index]
        },
        set: { self.parameterEMAs[index] = $0 })
    }
    return weights + zip(buffers, momentEMAs).flatMap { $1.state(under: $0.name) }
  }
}
