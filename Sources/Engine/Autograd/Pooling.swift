/// The mean of each channel over each image: (N, H, W, C) → (N, C).
public func globalAveragePool(_ x: Tensor) -> Tensor {
  require(x.shape.count == 4, "Pooling takes images (N, H, W, C), not \(x.shape).")
  let (images, channels) = (x.shape[0], x.columns)
  let pixels = x.shape[1] * x.shape[2]
  let y = filled([images, channels]) { result in
    forEachRow(images, columns: pixels * channels) { image in
      let mean = result + image * channels
      mean.update(repeating: 0, count: channels)
      for pixel in 0..<pixels {
        let x = x.pointer + (image * pixels + pixel) * channels
        for c in 0..<channels { mean[c] += x[c] }
      }
      for c in 0..<channels { mean[c] /= Float(pixels) }
    }
  }
  return y.recorded(from: [x]) { gradient in
    let result = filled(x.shape) { result in
      forEachRow(images * pixels, columns: channels) { row in
        let source = gradient.pointer + row / pixels * channels
        let destination = result + row * channels
        for c in 0..<channels { destination[c] = source[c] / Float(pixels) }
      }
    }
    return [result]
  }
}
