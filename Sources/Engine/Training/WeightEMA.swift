/// An exponential moving average of a network's weights (Tarvainen and Valpola 2017,
/// arXiv:1703.01780), to be evaluated in their place.
///
/// After each step every average becomes decay·average + (1 − decay)·weight. Batch norm's running
/// moments belong to the weights that they were collected with, and are averaged with them. (The
/// article's notebook misses some of them by their names.)
public final class WeightEMA {
  private let parameters: [NamedParameter]
  private let buffers: [NamedBuffer]
  private let decay: Float
  private var parameterAverages: [Tensor]
  private let momentAverages: [RunningMoments]

  /// An average that starts at the network's present weights.
  public init(of network: some Module, decay: Float) {
    require((0..<1).contains(decay), "The decay lies in [0, 1), not \(decay).")
    parameters = network.parameters
    buffers = network.buffers
    self.decay = decay
    parameterAverages = parameters.map { $0.parameter.value.detached }
    momentAverages = buffers.map { RunningMoments($0.buffer.moments) }
  }

  /// Moves the averages towards the present weights.
  public func update() {
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

  /// Runs `body` while the network has the averages for weights.
  public func inPlace<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    for (index, (_, parameter)) in parameters.enumerated() {
      let value = parameter.value.detached
      parameter.value = parameterAverages[index]
      parameterAverages[index] = value
    }
    for (index, (_, buffer)) in buffers.enumerated() {
      swap(&buffer.moments, &momentAverages[index].moments)
    }
  }
}

extension WeightEMA: Resumable {
  /// The averages, under the names of what they are of.
  public var state: [NamedState] {
    let weights = parameters.indices.map { index in
      NamedState.tensor(
        parameters[index].name, get: { self.parameterAverages[index] },
        set: { self.parameterAverages[index] = $0 })
    }
    return weights + zip(buffers, momentAverages).flatMap { $1.state(under: $0.name) }
  }
}
