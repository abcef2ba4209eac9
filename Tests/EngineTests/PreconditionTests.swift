import Engine
import Testing

/// Programming errors end the process with a sentence instead of computing something else.
@Suite struct PreconditionTests {
  /// Expects that a process ended with `sentence`, reported for `file`, on standard error.
  private func expect(
    _ sentence: String, in result: ExitTest.Result?, file: String = "Engine/",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let printed = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      printed.contains("Fatal error: \(sentence)") && printed.contains(file), "\(printed)",
      sourceLocation: sourceLocation)
  }

  /// In a release build, `precondition` would end the process without a message.
  @Test func theSentenceIsPrintedInARelease() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      require([1].count == 2, "A pair has 2 elements, not \([1].count).")
    }
    expect("A pair has 2 elements, not 1.", in: result, file: "EngineTests/PreconditionTests.swift")
  }

  @Test func sumsOfDifferentShapes() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2], shape: [2]) + Tensor([1, 2], shape: [1, 2])
    }
    expect(
      "Elementwise arithmetic needs two tensors of the same shape; found [2] and [1, 2].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2], shape: [2]) * Tensor([1, 2], shape: [1, 2])
    }
    expect(
      "Elementwise arithmetic needs two tensors of the same shape; found [2] and [1, 2].",
      in: result)
  }

  @Test func convolutionOfOtherChannels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 2, 1]))
    }
    expect(
      "A convolution needs images (N, H, W, C) and filters (K, K, C, D) with K of at least 1; found [1, 4, 4, 3] and [3, 3, 2, 1].",
      in: result)
  }

  @Test func activationWithANegativeSlope() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 3, 1]),
        activation: .leakyReLU(slope: -0.1))
    }
    expect("The slope of an activation lies in [0, 1); found -0.1.", in: result)
  }

  /// It is the slope that stands for no activation.
  @Test func activationWithTheSlopeOne() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 3, 1]),
        activation: .leakyReLU(slope: 1))
    }
    expect("The slope of an activation lies in [0, 1); found 1.0.", in: result)
  }

  @Test func batchNormOfOtherChannels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16)(Tensor(repeating: 0, shape: [1, 2, 2, 512]), .evaluation)
    }
    expect("Batch norm of 16 channels does not fit the shape [1, 2, 2, 512].", in: result)
  }

  /// A layer with parameters for which PyTorch has the same name.
  private final class LayerWithTwoWeights: Module {
    let parameters = ["weights", "scale"].map {
      NamedParameter(name: $0, parameter: Parameter(Tensor([1], shape: [1])))
    }
  }

  @Test func parametersWithTheSameNameInPyTorch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerWithTwoWeights().pyTorchState()
    }
    expect("Two parameters of a layer have the name \"weight\" in PyTorch.", in: result)
  }

  @Test func predictionInBatchesOfNothing() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = predict(ReLU(), count: 1, batchSize: 0) { _ in
        Tensor(repeating: 0, shape: [1, 2])
      }
    }
    expect("A forward pass needs at least one image, not 0.", in: result)
  }

  @Test func elementsThatDoNotFitTheShape() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2, 3], shape: [2, 2])
    }
    expect(
      "A tensor of shape [2, 2] cannot hold 3 elements.",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2, 3], shape: [3]).reshaped(to: [2, 2])
    }
    expect(
      "A tensor of shape [3] has 3 elements and cannot take the shape [2, 2].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(shape: [2, -1]) { _ in }
    }
    expect(
      "The shape [2, -1] has a negative length.",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "shape")
      _ = Tensor.normal(shape: [-1, 3], random: &random)
    }
    expect("The shape [-1, 3] has a negative length.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(repeating: 0, shape: [.max, 2])
    }
    expect("The shape [9223372036854775807, 2] has too many elements.", in: result)
  }

  @Test func negativeNumbersOfElements() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "permutation")
      _ = random.permutation(of: -1)
    }
    expect("A permutation has at least 0 elements; found -1.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = oneHot([], classes: -1)
    }
    expect("The shape [0, -1] has a negative length.", in: result)
  }

  @Test func biasOfAnotherLength() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 3, 8]),
        bias: Tensor(repeating: 0, shape: [3]))
    }
    expect(
      "The bias needs the shape [8], one element per output; found [3].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = linear(
        Tensor(repeating: 0, shape: [1, 3]), Tensor(repeating: 0, shape: [3, 8]),
        bias: Tensor(repeating: 0, shape: [3]))
    }
    expect(
      "The bias needs the shape [8], one element per output; found [3].",
      in: result)
  }

  @Test func matricesThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(
        Tensor(repeating: 0, shape: [2, 3]), Tensor(repeating: 0, shape: [2, 3]))
    }
    expect(
      "A matrix product needs the shapes (N, K) and (K, M); found [2, 3] and [2, 3].",
      in: result)
  }

  @Test func flatteningOfAScalar() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Flatten()(Tensor([1], shape: []), .training)
    }
    expect("Flattening needs a batch (N, …); found a scalar.", in: result)
  }

  @Test func axisThatIsNotThere() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(repeating: 0, shape: [2, 3]).sum(axis: 2)
    }
    expect(
      "A tensor of shape [2, 3] has no axis 2 to sum over.",
      in: result)
  }

  /// The mean of no pixels would be NaN.
  @Test func poolingOfImagesWithoutPixels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = globalAveragePool(Tensor(repeating: 0, shape: [1, 0, 0, 3]))
    }
    expect(
      "The mean of an image needs at least one pixel; found the shape [1, 0, 0, 3].", in: result)
  }

  @Test func windowLargerThanTheImage() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = maxPool2d(Tensor(repeating: 0, shape: [1, 4, 2, 3]), kernelSize: 3)
    }
    expect(
      "Windows of size 3 at stride 3 do not fit images of shape [1, 4, 2, 3].",
      in: result)
  }

  @Test func dropoutOfEverything() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "dropout")
      _ = dropout(Tensor([1], shape: [1]), probability: 1, random: &random)
    }
    expect(
      "The dropout probability is 1.0; it must lie in [0, 1).",
      in: result)
  }

  /// The first backward() frees what two losses share; the second would miss its gradients.
  @Test func freedTape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Parameter(Tensor([1, 2], shape: [2]))
      let shared = 2 * x.value
      meanSquaredError(shared, Tensor([0, 0], shape: [2])).backward()
      meanSquaredError(shared, Tensor([1, 1], shape: [2])).backward()
    }
    expect(
      "This part of the tape was freed by an earlier backward() or gradient(withRespectTo:).",
      in: result)
  }

  @Test func gradientOfMoreThanOneElement() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parameter(Tensor([1, 2], shape: [2])).value.backward()
    }
    expect(
      "Only a scalar can be differentiated; found the shape [2].",
      in: result)
  }

  @Test func pullbackWithAGradientOfAnotherShape() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Parameter(Tensor([1, 2], shape: [2]))
      x.value.recorded(from: [x.value]) { _ in [Tensor([1], shape: [1])] }.sum().backward()
    }
    expect(
      "A pullback must return gradients of its inputs' shapes [[2]]; found [[1]].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Parameter(Tensor([1, 2], shape: [2]))
      x.value.recorded(from: [x.value]) { _ in [] }.sum().backward()
    }
    expect(
      "A pullback must return gradients of its inputs' shapes [[2]]; found [].",
      in: result)
  }

  @Test func entriesThatAreNotThere() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gathered([0, 2], of: Tensor(repeating: 0, shape: [2, 3]))
    }
    expect(
      "A tensor of shape [2, 3] lacks some of the entries [0, 2].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(repeating: 0, shape: [2, 3])[1..<3]
    }
    expect(
      "A tensor of shape [2, 3] has no entries 1..<3.",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = concatenated([Tensor(repeating: 0, shape: [2, 3]), Tensor(repeating: 0, shape: [2, 4])])
    }
    expect(
      "Tensors of shapes [[2, 3], [2, 4]] cannot be concatenated along the first axis.",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = concatenated([])
    }
    expect(
      "At least one tensor is needed to concatenate.",
      in: result)
  }

  @Test func labelOutOfRange() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = oneHot([0, 10], classes: 10)
    }
    expect(
      "Labels must lie in 0..<10; found 10.",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = accuracy(of: Tensor([1, 2], shape: [1, 2]), labels: [-1])
    }
    expect(
      "Labels must lie in 0..<2; found -1.",
      in: result)
  }

  @Test func accuracyOfOtherLabels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = accuracy(of: Tensor([1, 2], shape: [1, 2]), labels: [0, 1])
    }
    expect(
      "The accuracy needs predictions (N, classes) and N labels, N ≥ 1; found the shape [1, 2] and 2 labels.",
      in: result)
  }

  /// A filter without elements would leave the result uninitialised.
  @Test func convolutionWithFiltersOfNoSize() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [0, 0, 3, 1]))
    }
    expect(
      "A convolution needs images (N, H, W, C) and filters (K, K, C, D) with K of at least 1; "
        + "found [1, 4, 4, 3] and [0, 0, 3, 1].",
      in: result)
  }

  /// The optimiser's moving averages have the size of the first value.
  @Test func parameterWithAValueOfAnotherShape() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parameter(Tensor([1, 2], shape: [2])).value = Tensor([1], shape: [1])
    }
    expect("A parameter of shape [2] cannot get a value of shape [1].", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parameter(Tensor([1, 2], shape: [2])).gradient = Tensor([1], shape: [1])
    }
    expect("A parameter of shape [2] cannot have a gradient of shape [1].", in: result)
  }

  /// The moments would be NaN, and stay in the running statistics.
  @Test func batchNormOfNoImages() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16)(Tensor(repeating: 0, shape: [0, 2, 2, 16]), .training)
    }
    expect("The moments of a batch without images are undefined.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16)(Tensor(repeating: 0, shape: [16]), .training)
    }
    expect("A batch has the shape (N, …, C); found [16].", in: result)
  }

  @Test func batchNormOfOtherMomentumOrEpsilon() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16, momentum: -0.1)
    }
    expect("The momentum of batch norm lies in [0, 1]; found -0.1.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16, momentum: 1.5)
    }
    expect("The momentum of batch norm lies in [0, 1]; found 1.5.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16, epsilon: 0)
    }
    expect("The ε of batch norm is a finite number above 0; found 0.0.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 16, epsilon: .nan)
    }
    expect("The ε of batch norm is a finite number above 0; found nan.", in: result)
  }

  @Test func layersWithoutInputs() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "layers")
      _ = Linear(inputs: 0, outputs: 2, random: &random)
    }
    expect("A linear layer needs at least one input and one output; found 0 and 2.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "layers")
      _ = Conv2d(inputChannels: 3, outputChannels: 8, kernelSize: 0, random: &random)
    }
    expect(
      "A convolution needs a kernel size and numbers of channels of at least 1; found 0, 3 and 8.",
      in: result)
  }

  @Test func networkForImagesWithoutChannels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "layers")
      _ = WideResNet(depth: 10, widenFactor: 1, inputChannels: 0, random: &random)
    }
    expect(
      "A network needs a widening factor, numbers of channels, and classes of at least 1; "
        + "found 1, 0, 16 and 10.",
      in: result)
  }

  @Test func stagesThatANetworkDoesNotHave() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = HiddenState(Tensor(repeating: 0, shape: [1, 2]))
      _ = Sequential(ReLU(), ReLU()).run(1..<3, on: x, .training)
    }
    expect("The stages of the layer are 0..<2; found 1..<3.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = HiddenState(Tensor(repeating: 0, shape: [1, 2]))
      _ = ReLU().run(1..<2, on: x, .training)
    }
    expect("The stages of the layer are 0..<1; found 1..<2.", in: result)
  }

  @Test func rowsWithoutElements() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmax(Tensor([], shape: [2, 0]))
    }
    expect("0 elements cannot be cut into chunks of 0.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([], shape: [2, 0]).rowMaxima()
    }
    expect("Rows without elements have no maximum; found the shape [2, 0].", in: result)
  }

  /// The mean of nothing would be NaN.
  @Test func meansOfNothing() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = crossEntropy(
        Tensor(repeating: 0, shape: [0, 2]), Tensor(repeating: 0, shape: [0, 2]))
    }
    expect(
      "Logits and targets need the same shape (N, classes), N ≥ 1; found [0, 2] and [0, 2].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = meanEntropy(Tensor(repeating: 0, shape: [0, 2]))
    }
    expect("An entropy needs the shape (N, classes), N ≥ 1; found [0, 2].", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmaxEntropy(Tensor(repeating: 0, shape: [0, 2]))
    }
    expect("An entropy needs the shape (N, classes), N ≥ 1; found [0, 2].", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = meanSquaredError(
        Tensor(repeating: 0, shape: [0, 2]), Tensor(repeating: 0, shape: [0, 2]))
    }
    expect(
      "The mean squared error needs two tensors of the same shape with at least one element; "
        + "found [0, 2] and [0, 2].",
      in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(repeating: 0, shape: [0, 2]).mean()
    }
    expect("A mean needs at least one element; found the shape [0, 2].", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(repeating: 0, shape: [0, 2]).mean(axis: 0)
    }
    expect("A mean needs at least one element along axis 0; found the shape [0, 2].", in: result)
  }

  /// The learning rate would rise again.
  @Test func stepsBehindTheSchedule() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OneCycle(steps: 2, peak: 0.1)(2)
    }
    expect("The schedule has the steps 0..<2; found step 2.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ExponentialSchedule(steps: 2, from: 0.1, to: 1)(-1)
    }
    expect("The schedule has the steps 0..<2; found step -1.", in: result)
  }

  /// The weights would grow without limit, or become NaN in the first step.
  @Test func learningRatesThatAreNoNumbers() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OneCycle(steps: 2, peak: .nan)
    }
    expect("The maximum learning rate is a finite number of at least 0; found nan.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OneCycle(steps: 2, peak: .infinity)
    }
    expect("The maximum learning rate is a finite number of at least 0; found inf.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OneCycle(steps: 2, peak: -0.5)
    }
    expect("The maximum learning rate is a finite number of at least 0; found -0.5.", in: result)
  }

  @Test func weightDecaysThatAreNoNumbers() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AdamW([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: .nan)
    }
    expect("The weight decay is a finite number of at least 0; found nan.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: -0.5)
    }
    expect("The weight decay is a finite number of at least 0; found -0.5.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Trainer(
        BatchNorm(channels: 1), schedule: OneCycle(steps: 1, peak: 0.1), weightDecay: .infinity)
    }
    expect("The weight decay is a finite number of at least 0; found inf.", in: result)
  }

  @Test func workAndBatchesBelowZero() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parallel.forEachPart(of: -1) { _ in }
    }
    expect("Work has at least 0 parts; found -1.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parallel.forEachRange(of: -1) { _, _ in }
    }
    expect("Work has at least 0 elements; found -1.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Parallel.forEachRange(of: 10, parts: 0) { _, _ in }
    }
    expect("Work is divided into at least one part; found 0.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var batches = ShuffledBatches(of: 4, size: 2, seed: 0, name: "labelled")
      _ = batches(-1)
    }
    expect("Batches are counted from 0; found -1.", in: result)
  }

  /// Training would go on without changing a weight.
  @Test func trainingByAConstant() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "weights")
      let network = Linear(inputs: 2, outputs: 2, random: &random)
      let trainer = Trainer(network, schedule: OneCycle(steps: 2, peak: 0.1), weightDecay: 0)
      let logits = network(Tensor([1, 2], shape: [1, 2]), .training)
      try trainer.step(crossEntropy(logits.mapRows { $0[0] *= 2 }, labels: [0]))
    }
    expect("A loss must depend on parameters; found a constant", in: result)
  }

  /// The bias correction would divide by zero.
  @Test func adamWithoutDecay() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let adam = AdamW([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: 0)
      adam.update(learningRate: 0.1, momentum: 1)
    }
    expect("β₁ lies in [0, 1); found 1.0.", in: result)
  }

  /// Each would make the weights NaN, or change none of them.
  @Test func optimisersWithOtherNumbers() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AdamW([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: 0, epsilon: 0)
    }
    expect("Adam's ε is a finite number above 0; found 0.0.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let adam = AdamW([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: 0)
      adam.update(learningRate: .nan, momentum: 0.9)
    }
    expect("The learning rate is a finite number of at least 0; found nan.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      SGD([("x", Parameter(Tensor([1], shape: [1])))]).update(learningRate: -0.1)
    }
    expect("The learning rate is a finite number of at least 0; found -0.1.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      SGD([("x", Parameter(Tensor([1], shape: [1])))]).update(learningRate: 0.1, momentum: 1)
    }
    expect("The momentum lies in [0, 1); found 1.0.", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ExponentialSchedule(steps: 3, from: 0.1, to: .infinity)
    }
    expect("A learning rate cannot rise from 0.1 to inf in 3 steps.", in: result)
  }

  /// A layer is refused where it is made, not at its first use.
  @Test func layersWithOtherNumbers() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LeakyReLU(slope: 1)
    }
    expect("The slope is 1.0; it must lie in [0, 1).", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dropout(probability: 1, random: RandomStream(seed: 0, "dropout"))
    }
    expect("The dropout probability is 1.0; it must lie in [0, 1).", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MaxPool2d(kernelSize: 2, stride: 0)
    }
    expect("Windows have a size and a stride of at least 1; found 2 and 0.", in: result)
  }

  @Test func entropyOfOtherShapes() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmaxEntropy(Tensor(repeating: 0, shape: [3]))
    }
    expect("An entropy needs the shape (N, classes), N ≥ 1; found [3].", in: result)
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = meanEntropy(Tensor(repeating: 0, shape: [2, 3, 4]))
    }
    expect("An entropy needs the shape (N, classes), N ≥ 1; found [2, 3, 4].", in: result)
  }

  @Test func stepBehindTheLast() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "weights")
      let network = Linear(inputs: 2, outputs: 2, random: &random)
      let trainer = Trainer(network, schedule: OneCycle(steps: 1, peak: 0.1), weightDecay: 0)
      for _ in 0..<2 {
        try trainer.step(
          crossEntropy(network(Tensor([1, 2], shape: [1, 2]), .training), labels: [0]))
      }
    }
    expect("The schedule has the steps 0..<1; found step 1.", in: result)
  }
}
