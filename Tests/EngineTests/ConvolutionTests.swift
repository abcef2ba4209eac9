import Engine
import Reference
import Testing

/// conv2d against ``ConvolutionReference`` over many random sizes, every number of every result.
@Suite struct ConvolutionTests {
  /// Sizes of one convolution.
  struct Sizes: CustomTestStringConvertible, Sendable {
    let images, height, width, inputs, outputs, kernel, stride, padding: Int
    /// Of the algorithm that is taken for them.
    var conditioning = 1.0

    var testDescription: String {
      "\(images)×\(height)×\(width)×\(inputs) → \(outputs), kernel \(kernel), stride \(stride), padding \(padding)"
    }

    /// Any sizes in which the kernel fits.
    static func random(_ random: inout RandomStream) -> Sizes {
      let kernel = 1 + random.integer(below: 5)
      let padding = random.integer(below: 3)
      let smallest = max(1, kernel - 2 * padding)
      return Sizes(
        images: 1 + random.integer(below: 20), height: smallest + random.integer(below: 9),
        width: smallest + random.integer(below: 9), inputs: 1 + random.integer(below: 20),
        outputs: 1 + random.integer(below: 20), kernel: kernel,
        stride: 1 + random.integer(below: 3), padding: padding)
    }

    /// Sizes for which Winograd's algorithm is taken, unless the images are very small.
    static func randomForWinograd(stride: Int, _ random: inout RandomStream) -> Sizes {
      Sizes(
        images: 1 + random.integer(below: 20), height: 1 + random.integer(below: 9 * stride),
        width: 1 + random.integer(below: 9 * stride), inputs: 16 * (1 + random.integer(below: 3)),
        outputs: 16 * (1 + random.integer(below: 3)), kernel: 3, stride: stride, padding: 1,
        conditioning: Tolerance.winograd)
    }
  }

  /// Two images of a part are too large here to be worked on together: sums over them are taken up
  /// again, in both algorithms.
  private static let largeImages = [
    Sizes(
      images: 20, height: 12, width: 12, inputs: 16, outputs: 2, kernel: 5, stride: 1, padding: 2),
    Sizes(
      images: 20, height: 4, width: 132, inputs: 16, outputs: 16, kernel: 3, stride: 1,
      padding: 1, conditioning: Tolerance.winograd),
    Sizes(
      images: 20, height: 8, width: 132, inputs: 16, outputs: 16, kernel: 3, stride: 2,
      padding: 1, conditioning: Tolerance.winograd),
  ]

  private static let cases: [Sizes] = {
    var random = RandomStream(seed: 11, "convolution sizes")
    return largeImages + (0..<40).map { _ in .random(&random) }
      + (0..<20).map { _ in .randomForWinograd(stride: 1, &random) }
      + (0..<20).map { _ in .randomForWinograd(stride: 2, &random) }
  }()

  @Test(arguments: cases)
  func agreesWithTheDefinition(_ s: Sizes) throws {
    func draw(_ name: String, _ shape: [Int]) -> Tensor {
      Fixture.uniform("\(s.testDescription)/\(name)", in: [-1, 1], shape: shape)
    }
    let x = Parameter(draw("x", [s.images, s.height, s.width, s.inputs]))
    let weights = Parameter(draw("weights", [s.kernel, s.kernel, s.inputs, s.outputs]))
    let bias = Parameter(draw("bias", [s.outputs]))
    let y = conv2d(
      x.value, weights.value, bias: bias.value, stride: s.stride, padding: s.padding)
    // The gradient of the mean square of y − t is 2/count·(y − t); any t will do.
    let t = draw("target", y.shape)
    let expected = ConvolutionReference(
      x.value, weights.value, bias: bias.value, stride: s.stride, padding: s.padding
    ) { shape in
      precondition(shape == y.shape, "The output is \(y.shape), and should be \(shape).")
      let factor = 2 / Float(y.count)
      return Tensor(zip(y.scalars, t.scalars).map { factor * ($0 - $1) }, shape: shape)
    }
    meanSquaredError(y, t).backward()

    let (kernel, positions) = (s.kernel * s.kernel, y.count / s.outputs)
    for (name, result, expected, terms) in [
      ("output", y, expected.output, kernel * s.inputs),
      ("input gradient", x.gradient, expected.inputGradient, kernel * s.outputs),
      ("weight gradient", weights.gradient, expected.weightGradient, positions),
      ("bias gradient", bias.gradient, expected.biasGradient, positions),
    ] {
      let numbers = try #require(result, "\(name)").scalars.map(Double.init)
      let tolerance = s.conditioning * Tolerance.sum(of: terms) * rootMeanSquare(expected)
      #expect(largestDistance(numbers, expected) <= tolerance, "\(name)")
    }
  }
}
