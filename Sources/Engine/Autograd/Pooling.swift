/// Global average pooling: the mean of each channel over each image.
///
/// - Parameter x: Images (N, H, W, C) of at least one pixel.
/// - Returns: Features (N, C).
public func globalAveragePool(_ x: Tensor) -> Tensor {
  requireImages(x)
  let (images, channels) = (x.shape[0], x.columns)
  let pixels = x.shape[1] * x.shape[2]
  require(pixels > 0, "The mean of an image needs at least one pixel; found the shape \(x.shape).")
  let y = unsafe filled([images, channels]) { result in
    forEachRow(images, columns: pixels * channels) { image in
      let mean = unsafe result + image * channels
      unsafe mean.update(repeating: 0, count: channels)
      for pixel in 0..<pixels {
        let x = unsafe x.pointer + (image * pixels + pixel) * channels
        for c in 0..<channels { unsafe mean[c] += x[c] }
      }
      for c in 0..<channels { unsafe mean[c] /= Float(pixels) }
    }
  }
  return y.recorded(from: [x]) { gradient in
    let result = unsafe filled(x.shape) { result in
      forEachRow(images * pixels, columns: channels) { row in
        let source = unsafe gradient.pointer + row / pixels * channels
        let destination = unsafe result + row * channels
        for c in 0..<channels { unsafe destination[c] = source[c] / Float(pixels) }
      }
    }
    return [result]
  }
}

/// Max pooling: the largest element of each channel in each square window of the images.
///
/// There is no padding. The gradient flows to the first of equal maxima; NaN in a window gives NaN.
///
/// - Parameters:
///   - x: Images (N, H, W, C).
///   - kernelSize: K, the height and width of a window, from 1 to those of the images.
///   - stride: The distance between neighbouring windows, at least 1; `kernelSize` if nil.
/// - Returns: Images (N, H′, W′, C), H′ = ⌊(H − K) / stride⌋ + 1.
public func maxPool2d(_ x: Tensor, kernelSize: Int, stride: Int? = nil) -> Tensor {
  requireImages(x)
  let pooling = MaxPooling(shape: x.shape, kernelSize: kernelSize, stride: stride ?? kernelSize)
  let y = unsafe filled(pooling.outputShape) { y in
    unsafe pooling.forEachMaximum(x.pointer) { output, input in unsafe y[output] = x.pointer[input]
    }
  }
  return y.recorded(from: [x]) { gradient in
    // Windows of one image may overlap; they are all visited by the same thread.
    let result = Tensor(repeating: 0, shape: x.shape)
    unsafe pooling.forEachMaximum(x.pointer) { output, input in
      unsafe result.pointer[input] += gradient.pointer[output]
    }
    return [result]
  }
}

/// The windows of a max pooling of images.
private struct MaxPooling {
  /// The shape of the images (N, H, W, C).
  let shape: [Int]
  let kernelSize: Int
  let stride: Int

  init(shape: [Int], kernelSize: Int, stride: Int) {
    requireWindows(kernelSize, stride)
    require(
      kernelSize <= min(shape[1], shape[2]),
      "Windows of size \(kernelSize) at stride \(stride) do not fit images of shape \(shape).")
    (self.shape, self.kernelSize, self.stride) = (shape, kernelSize, stride)
  }

  /// The shape of the result (N, H′, W′, C).
  var outputShape: [Int] {
    [shape[0]] + shape[1...2].map { ($0 - kernelSize) / stride + 1 } + [shape[3]]
  }

  /// Calls `body` with the index of each output element and the index of its maximum in the input `x` (N, H, W, C).
  ///
  /// One thread visits all windows of an image, in order.
  func forEachMaximum(
    _ x: UnsafePointer<Float>, _ body: (_ output: Int, _ input: Int) -> Void
  ) {
    let (outputs, channels) = (outputShape, shape[3])
    forEachRow(shape[0], columns: shape.dropFirst().reduce(1, *)) { image in
      for row in 0..<outputs[1] {
        for column in 0..<outputs[2] {
          let output = ((image * outputs[1] + row) * outputs[2] + column) * channels
          let input = ((image * shape[1] + row * stride) * shape[2] + column * stride) * channels
          for c in 0..<channels { unsafe body(output + c, maximum(x, window: input + c)) }
        }
      }
    }
  }

  /// The index of the largest element of one channel of `x` (N, H, W, C) in the window that starts at index `start`.
  private func maximum(_ x: UnsafePointer<Float>, window start: Int) -> Int {
    var best = start
    for row in 0..<kernelSize {
      for column in 0..<kernelSize {
        let place = start + (row * shape[2] + column) * shape[3]
        if unsafe x[place] > x[best] || x[place].isNaN { best = place }
      }
    }
    return best
  }
}

/// Requires that windows have a size and a distance of at least 1.
func requireWindows(_ kernelSize: Int, _ stride: Int) {
  require(
    kernelSize > 0 && stride > 0,
    "Windows have a size and a stride of at least 1; found \(kernelSize) and \(stride).")
}

private func requireImages(_ x: Tensor) {
  require(x.shape.count == 4, "Pooling needs images (N, H, W, C); found the shape \(x.shape).")
}
