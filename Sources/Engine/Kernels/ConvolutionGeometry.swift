/// The sizes of a two-dimensional convolution of a batch of images.
///
/// Input (N, H, W, C), weights (K, K, C, D) for kernel size K and D output channels, output
/// (N, H′, W′, D) with H′ = ⌊(H + 2·padding − K) / stride⌋ + 1.
struct ConvolutionGeometry {
  let images: Int
  let height: Int
  let width: Int
  let inputChannels: Int
  let outputChannels: Int
  let kernelSize: Int
  let stride: Int
  let padding: Int

  init(input: [Int], weights: [Int], stride: Int, padding: Int) {
    require(
      input.count == 4 && weights.count == 4 && weights[0] == weights[1] && input[3] == weights[2],
      "Images (N, H, W, C) and weights (K, K, C, D) do not fit: \(input), \(weights).")
    require(stride > 0 && padding >= 0, "A stride is positive and a padding not negative.")
    (images, height, width, inputChannels) = (input[0], input[1], input[2], input[3])
    (kernelSize, outputChannels) = (weights[0], weights[3])
    (self.stride, self.padding) = (stride, padding)
    require(
      height + 2 * padding >= kernelSize && width + 2 * padding >= kernelSize,
      "A kernel of size \(kernelSize) is larger than padded images of \(height)×\(width).")
  }

  var outputHeight: Int { (height + 2 * padding - kernelSize) / stride + 1 }
  var outputWidth: Int { (width + 2 * padding - kernelSize) / stride + 1 }
  var outputShape: [Int] { [images, outputHeight, outputWidth, outputChannels] }

  /// Output pixels an image.
  var positions: Int { outputHeight * outputWidth }
  /// Pixels an image.
  var pixels: Int { height * width }
  /// Numbers an image.
  var inputLength: Int { pixels * inputChannels }
  /// Numbers an output image.
  var outputLength: Int { positions * outputChannels }
  /// Numbers that go into one output number.
  var patchLength: Int { kernelSize * kernelSize * inputChannels }
}
