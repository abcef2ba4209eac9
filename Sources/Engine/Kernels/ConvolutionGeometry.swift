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
  /// This process's share of the batch; nil if it has the whole batch.
  let share = BatchShare.current

  /// Creates the sizes from the shapes of the input (N, H, W, C) and of the weights (K, K, C, D).
  ///
  /// `stride` and `padding` are numbers of pixels.
  init(input: [Int], weights: [Int], stride: Int, padding: Int) {
    require(
      input.count == 4 && weights.count == 4 && weights[0] > 0 && weights[0] == weights[1]
        && input[3] == weights[2],
      "A convolution needs images (N, H, W, C) and filters (K, K, C, D) with K of at least 1; "
        + "found \(input) and \(weights).")
    require(
      stride > 0 && padding >= 0,
      "A convolution needs a positive stride and a padding of at least 0; "
        + "found \(stride) and \(padding).")
    (images, height, width, inputChannels) = (input[0], input[1], input[2], input[3])
    (kernelSize, outputChannels) = (weights[0], weights[3])
    (self.stride, self.padding) = (stride, padding)
    require(
      height + 2 * padding >= kernelSize && width + 2 * padding >= kernelSize,
      "A kernel of size \(kernelSize) is larger than padded images of \(height)×\(width).")
  }

  var outputHeight: Int { (height + 2 * padding - kernelSize) / stride + 1 }
  var outputWidth: Int { (width + 2 * padding - kernelSize) / stride + 1 }
  /// The shape of the output (N, H′, W′, D).
  var outputShape: [Int] { [images, outputHeight, outputWidth, outputChannels] }

  /// The number of output pixels per image.
  var positions: Int { outputHeight * outputWidth }
  /// The number of input pixels per image.
  var pixels: Int { height * width }
  /// The number of elements of an input image.
  var inputLength: Int { pixels * inputChannels }
  /// The number of elements of an output image.
  var outputLength: Int { positions * outputChannels }
  /// The number of input elements that an output element depends on.
  var patchLength: Int { kernelSize * kernelSize * inputChannels }
}
