import Engine
import Testing

/// The optimiser and the schedule against fastai's, and both with a network against PyTorch's.
@Suite struct TrainingTests {
  /// Learning rate and momentum are single-precision numbers; near the end, where the rate is a
  /// small difference of large ones, the error is relative to the peak.
  @Test(arguments: try Fixture.training().schedules)
  func oneCycleIsFastais(_ expected: TrainingFixture.Schedule) {
    let schedule = OneCycle(steps: expected.steps, peak: expected.peak)
    #expect(
      (0..<expected.steps).max { schedule($0).learningRate < schedule($1).learningRate }
        == expected.peakStep)
    for value in expected.values {
      let ours = schedule(value.step)
      #expect(
        abs(Double(ours.learningRate) - value.learningRate) <= 1e-7 * Double(expected.peak),
        "learning rate of step \(value.step)")
      #expect(
        abs(Double(ours.momentum) - value.momentum) <= 1e-7, "momentum of step \(value.step)")
    }
  }

  /// Each step adds a rounding error of about 2⁻²⁴ of the parameter and some of its change. "faint"
  /// has gradients as small as ε, "strong" large ones.
  @Test func adamIsFastais() throws {
    let run = try Fixture.training().adam
    try expectSteps(of: run, named: "adam") { parameters in
      let adam = AdamW(parameters, weightDecay: run.weightDecay)
      return { adam.update(learningRate: $0, momentum: $1) }
    }
  }

  @Test func sgdIsPyTorchs() throws {
    let run = try Fixture.training().sgd
    try expectSteps(of: run, named: "sgd") { parameters in
      let sgd = SGD(parameters, weightDecay: run.weightDecay)
      return { sgd.update(learningRate: $0, momentum: $1) }
    }
  }

  private func expectSteps(
    of run: TrainingFixture.OptimiserRun, named optimiser: String,
    _ makeUpdate: ([NamedParameter]) -> (_ learningRate: Float, _ momentum: Float) -> Void
  ) throws {
    let parameters = run.parameters.map {
      (
        name: $0.name,
        parameter: Parameter(
          Fixture.uniform("\(optimiser)/\($0.name)", in: [-1, 1], shape: $0.shape))
      )
    }
    let update = makeUpdate(parameters)
    for (step, expected) in run.steps.enumerated() {
      for ((name, parameter), fixture) in zip(parameters, run.parameters) {
        parameter.gradient = Fixture.uniform(
          "\(optimiser)/\(name)/gradient \(step)",
          in: [-fixture.gradientSize, fixture.gradientSize], shape: fixture.shape)
      }
      update(expected.learningRate, expected.momentum)
      for (name, parameter) in parameters {
        let values = try #require(expected.values[name])
        #expect(
          largestDistance(parameter.value.scalars.map(Double.init), values)
            <= 4 * Tolerance.rounding * Double(step + 1),
          "\(name) after step \(step)")
        #expect(parameter.gradient == nil)
      }
    }
  }

  /// A parameter that no loss came of only decays.
  @Test func adamWithoutGradient() {
    let parameter = Parameter(Tensor([2, -4], shape: [2]))
    AdamW([("unused", parameter)], weightDecay: 0.5).update(learningRate: 0.5, momentum: 0.9)
    #expect(parameter.value.scalars == [1.5, -3])
  }

  /// The gradients 1 and 3 with β₁ = 0, β₂ = ½ and ε = 1: steps of 1/(1 + 1), and of 3/(√(4.75/0.75) + 1).
  @Test func adamHasTheDecayAndTheEpsilonThatItIsGiven() throws {
    let parameter = Parameter(Tensor([0], shape: [1]))
    let adam = AdamW([("p", parameter)], weightDecay: 0, beta2: 0.5, epsilon: 1)
    parameter.gradient = Tensor([1], shape: [1])
    adam.update(learningRate: 1, momentum: 0)
    #expect(parameter.value.scalars == [-0.5])
    parameter.gradient = Tensor([3], shape: [1])
    adam.update(learningRate: 1, momentum: 0)
    #expect(abs(parameter.value.scalar + 1.353_093) < 1e-5)
  }

  /// With the scope `kernels`, biases and batch norm's parameters, which have one axis, do not decay.
  @Test func weightDecayCanBeRestrictedToKernels() {
    let (kernel, bias) = (
      Parameter(Tensor([2, -4], shape: [1, 2])), Parameter(Tensor([2, -4], shape: [2]))
    )
    let adam = AdamW([("w", kernel), ("b", bias)], weightDecay: 0.5, decayScope: .kernels)
    adam.update(learningRate: 0.5, momentum: 0.9)
    #expect(kernel.value.scalars == [1.5, -3])
    #expect(bias.value.scalars == [2, -4])
  }

  /// As in PyTorch, not even weight decay or the velocity move a parameter without a gradient.
  @Test func sgdSkipsParametersWithoutGradient() {
    let parameter = Parameter(Tensor([2, -4], shape: [2]))
    let sgd = SGD([("p", parameter)], weightDecay: 0.5)
    parameter.gradient = Tensor([1, 1], shape: [2])
    sgd.update(learningRate: 0.5, momentum: 0.5)
    let after = parameter.value.scalars
    #expect(after == [1, -3.5])
    sgd.update(learningRate: 0.5, momentum: 0.5)
    #expect(parameter.value.scalars == after)
  }

  /// A restored optimiser continues with the same bits.
  @Test func sgdIsResumable() throws {
    func step(_ parameter: Parameter, _ sgd: SGD) {
      parameter.gradient = 0.3 * parameter.value.detached
      sgd.update(learningRate: 0.1, momentum: 0.9)
    }
    let (parameter, other) = (
      Parameter(Tensor([2, -4], shape: [2])), Parameter(Tensor([0, 0], shape: [2]))
    )
    let (sgd, restored) = (SGD([("p", parameter)]), SGD([("p", other)]))
    step(parameter, sgd)
    let snapshot = Snapshot(of: sgd.state)
    other.value = parameter.value.detached
    try snapshot.restore(restored.state)
    step(parameter, sgd)
    step(other, restored)
    #expect(other.value.scalars == parameter.value.scalars)
  }

  /// The losses of twenty steps. What one step rounds off the next ones carry on, so the tolerance
  /// grows; PyTorch's own losses in single and double precision lie up to 3·10⁻⁷ apart. The
  /// fixture's training is one in which rounding carries no ReLU's input across zero.
  @Test func networkTrainsAsInPyTorch() throws {
    let run = try Fixture.training().network
    let network = SmallNetwork(run)
    let losses = network.train(0..<run.steps)
    try #require(losses.count == run.losses.count)
    for step in 0..<run.steps {
      let tolerance = 5e-7 * (1 + 0.1 * Double(step))
      #expect(abs(losses[step] - run.losses[step]) <= tolerance, "step \(step)")
      #expect(abs(losses[step] - run.exactLosses[step]) <= tolerance, "step \(step), exact")
    }
    let tolerance = 1e-6 * Double(run.steps)
    for (name, parameter) in network.layers.parameters {
      let expected = try #require(run.finalParameters[name])
      #expect(
        expected.distance(of: parameter.value, named: "\(run.draw)/\(name)") <= tolerance, "\(name)"
      )
    }
    let moments = try #require(network.layers.buffers.first).buffer.moments
    #expect(largestDistance(moments.mean.scalars.map(Double.init), run.runningMean) <= tolerance)
    #expect(
      largestDistance(moments.variance.scalars.map(Double.init), run.runningVariance) <= tolerance)
  }
}
