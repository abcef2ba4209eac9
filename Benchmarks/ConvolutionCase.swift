import Engine

/// The sizes of a convolution, with a name and a title.
struct ConvolutionCase {
  let kernelSize: Int
  let stride: Int
  /// Height and width of the input.
  let size: Int
  let inputs: Int
  let outputs: Int

  /// All convolutions of WRN-28-2 on 32×32 images.
  static let ofWRN28x2 = [
    ConvolutionCase(kernelSize: 3, stride: 1, size: 32, inputs: 3, outputs: 16),
    ConvolutionCase(kernelSize: 3, stride: 1, size: 32, inputs: 16, outputs: 32),
    ConvolutionCase(kernelSize: 3, stride: 1, size: 32, inputs: 32, outputs: 32),
    ConvolutionCase(kernelSize: 3, stride: 1, size: 16, inputs: 64, outputs: 64),
    ConvolutionCase(kernelSize: 3, stride: 1, size: 8, inputs: 128, outputs: 128),
    ConvolutionCase(kernelSize: 3, stride: 2, size: 32, inputs: 32, outputs: 64),
    ConvolutionCase(kernelSize: 3, stride: 2, size: 16, inputs: 64, outputs: 128),
    ConvolutionCase(kernelSize: 1, stride: 1, size: 32, inputs: 16, outputs: 32),
    ConvolutionCase(kernelSize: 1, stride: 2, size: 32, inputs: 32, outputs: 64),
    ConvolutionCase(kernelSize: 1, stride: 2, size: 16, inputs: 64, outputs: 128),
  ]

  /// The name in records, "conv3x3s2-32x32x32to64": kernel, stride if not 1, input (H×W×C), output
  /// channels if they differ.
  var name: String {
    "conv\(kernelSize)x\(kernelSize)\(stride == 1 ? "" : "s\(stride)")-\(size)x\(size)x\(inputs)"
      + (inputs == outputs ? "" : "to\(outputs)")
  }

  /// The name in tables: "3×3/2, 32×32×32 → 64".
  var title: String {
    "\(kernelSize)×\(kernelSize)\(stride == 1 ? "" : "/\(stride)"), \(size)×\(size)×\(inputs)"
      + (inputs == outputs ? "" : " → \(outputs)")
  }

  /// "Same" padding.
  var padding: Int { kernelSize / 2 }
  var outputSize: Int { (size - 1) / stride + 1 }
  var weightShape: [Int] { [kernelSize, kernelSize, inputs, outputs] }

  /// The engine's convolution of `images` images.
  ///
  /// - Parameters:
  ///   - images: The batch size.
  ///   - algorithm: The algorithm; the fastest when nil.
  /// - Returns: Nil if the algorithm does not support this convolution.
  func single(images: Int, _ algorithm: SingleConvolution.Algorithm? = nil) -> SingleConvolution? {
    SingleConvolution(
      input: [images, size, size, inputs], weights: weightShape, stride: stride, padding: padding,
      algorithm: algorithm)
  }

  /// The floating-point operations of a direct forward convolution of one image.
  var operations: Double {
    2 * Double(outputSize * outputSize * outputs * kernelSize * kernelSize * inputs)
  }
}

/// Random operands of a convolution and its gradients, uniform in [-1, 1).
struct ConvolutionOperands {
  let input: Tensor
  let weights: Tensor
  let outputGradient: Tensor

  init(_ convolution: ConvolutionCase, images: Int) {
    func draw(_ name: String, _ shape: [Int]) -> Tensor {
      var random = RandomStream(seed: 0, "benchmark of convolutions, \(name)")
      return .uniform(in: -1..<1, shape: shape, random: &random)
    }
    let (size, outputSize) = (convolution.size, convolution.outputSize)
    input = draw("input", [images, size, size, convolution.inputs])
    weights = draw("weights", convolution.weightShape)
    outputGradient = draw("gradient", [images, outputSize, outputSize, convolution.outputs])
  }
}
