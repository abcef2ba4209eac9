import Engine
import Testing

/// Each operation of the table against PyTorch in double precision, and against its own
/// differences.
@Suite struct OperationTests {
  /// The numbers that the derivatives are taken by, and the output on the tape.
  private struct Evaluation {
    let operation: Operation
    let inputs: [String: Tensor]
    let parameters: [String: Parameter]
    let output: Tensor

    init(_ c: OperationCase) {
      operation = .named(c.operation)
      inputs = c.drawInputs()
      parameters = inputs.filter { c.gradients.keys.contains($0.key) }.mapValues(Parameter.init)
      output = operation.evaluate(
        c, inputs.merging(parameters.mapValues(\.value)) { _, parameter in parameter })
    }

    var terms: Int { operation.terms(inputs, output) }

    func gradientTerms(_ input: String) -> Int {
      operation.gradientTerms(input, inputs, output)
    }
  }

  @Test(arguments: try Fixture.operations())
  func agreesWithPyTorch(_ c: OperationCase) throws {
    let evaluation = Evaluation(c)
    let outputTolerance = c.conditioning * Tolerance.sum(of: evaluation.terms)
    #expect(c.output.distance(of: evaluation.output, named: c.name) <= outputTolerance)

    meanSquaredError(evaluation.output, c.target).backward()
    for (name, expected) in c.gradients {
      let gradient = try #require(evaluation.parameters[name]?.gradient)
      // The error of the output comes in through the derivative of the loss.
      let tolerance =
        outputTolerance + c.conditioning * Tolerance.sum(of: evaluation.gradientTerms(name))
      #expect(
        expected.distance(of: gradient, named: c.name) <= tolerance, "gradient by \(name)")
    }
  }

  /// The sum of a row of targets is the weight of its example: loss and gradient against sums in double precision.
  @Test func sumsOfTargetsAreWeights() throws {
    let weights: [Float] = [0, 0.25, 1, 3]
    let logits = Parameter(Fixture.uniform("weights/logits", in: [-3, 3], shape: [4, 5]))
    let distributions = softmax(Fixture.uniform("weights/targets", in: [-1, 1], shape: [4, 5]))
    let targets = Tensor(
      distributions.scalars.enumerated().map { $1 * weights[$0 / 5] }, shape: [4, 5])
    let loss = crossEntropy(logits.value, targets)
    loss.backward()
    let x = logits.value.scalars.map(Double.init)
    let t = targets.scalars.map(Double.init)
    var (expected, gradient): (Double, [Double]) = (0, [])
    for row in 0..<4 {
      let elements = row * 5..<(row + 1) * 5
      let total = elements.reduce(0.0) { $0 + Double.exp(x[$1]) }
      let weight = elements.reduce(0.0) { $0 + t[$1] }
      for i in elements {
        expected -= t[i] * (x[i] - Double.log(total)) / 4
        gradient.append((weight * Double.exp(x[i]) / total - t[i]) / 4)
      }
    }
    #expect(abs(Double(loss.scalar) - expected) < 1e-6)
    let found = try #require(logits.gradient).scalars
    #expect(largestDistance(found.map(Double.init), gradient) < 1e-6)
    #expect(found.prefix(5).allSatisfy { $0 == 0 })
  }

  /// A probability of 0 adds nothing to the entropy, as if its class did not exist, and has no gradient.
  @Test func theEntropyIsFiniteForALogitOfMinusInfinity() throws {
    let whole = Parameter(Tensor([1, -.infinity, 2], shape: [1, 3]))
    let rest = Parameter(Tensor([1, 2], shape: [1, 2]))
    let (entropy, expected) = (softmaxEntropy(whole.value), softmaxEntropy(rest.value))
    #expect(entropy.scalar == expected.scalar)
    entropy.backward()
    expected.backward()
    let gradient = try #require(rest.gradient).scalars
    #expect(whole.gradient?.scalars == [gradient[0], 0, gradient[1]])
  }

  /// Predictions that are not numbers are not certain ones.
  @Test func theEntropyOfNaNIsNaN() {
    #expect(meanEntropy(Tensor([.nan, .nan], shape: [1, 2])).isNaN)
    #expect(meanEntropy(Tensor([0, 1], shape: [1, 2])) == 0)
  }

  /// The step of the differences. They are wrong by about step² where the operation curves, and by
  /// the output's error divided by the step.
  private static let step: Float = 0x1p-7

  @Test(arguments: try Fixture.operations())
  func gradientAgreesWithDifferences(_ c: OperationCase) throws {
    let evaluation = Evaluation(c)
    meanSquaredError(evaluation.output, c.target).backward()
    let outputSize = rootMeanSquare(evaluation.output.scalars.map(Double.init))
    let truncation = 32 * Double(Self.step * Self.step)
    let rounding =
      c.conditioning * Tolerance.sum(of: evaluation.terms) * max(1, outputSize)
      / Double(Self.step)
    for name in c.gradients.keys {
      let gradient = try #require(evaluation.parameters[name]?.gradient).scalars.map(Double.init)
      let size = rootMeanSquare(gradient)
      let places = Digest.places(count: gradient.count).lazy
      let differences = places.compactMap { place in
        difference(c, evaluation, name, place).map { (place, $0) }
      }.prefix(4)
      try #require(!differences.isEmpty)
      for (place, difference) in differences {
        let distance = abs(gradient[place] - difference) / size
        #expect(distance <= truncation + rounding, "number \(place) of the gradient by \(name)")
      }
    }
  }

  /// The central difference of the loss by one number of an input, in double precision but for the
  /// operation itself; nil where it would reach over a kink.
  private func difference(
    _ c: OperationCase, _ evaluation: Evaluation, _ name: String, _ place: Int
  ) -> Double? {
    let x = evaluation.inputs[name]!
    func moved(by step: Float) -> (x: Double, output: [Float]) {
      var scalars = x.scalars
      scalars[place] += step
      let inputs = evaluation.inputs.merging([name: Tensor(scalars, shape: x.shape)]) { $1 }
      return (Double(scalars[place]), evaluation.operation.evaluate(c, inputs).scalars)
    }
    let (before, after) = (moved(by: -Self.step), moved(by: Self.step))
    if evaluation.operation.hasKink,
      zip(before.output, after.output).contains(where: { ($0 > 0) != ($1 > 0) })
    {
      return nil
    }
    let target = c.target.scalars.map(Double.init)
    func loss(_ output: [Float]) -> Double {
      zip(output, target).reduce(0) { sum, pair in
        let distance = Double(pair.0) - pair.1
        return sum + distance * distance
      } / Double(target.count)
    }
    return (loss(after.output) - loss(before.output)) / (after.x - before.x)
  }
}
