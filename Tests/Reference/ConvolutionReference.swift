import Engine

/// A convolution and its gradients by the definition in double precision, slow and obvious.
///
/// The tests and the benchmark compare the kernels with it.
public struct ConvolutionReference {
  /// The shape of the output, (N, H′, W′, D).
  public private(set) var outputShape: [Int]
  /// The output, row-major.
  public private(set) var output: [Double]
  /// The gradient with respect to the input (N, H, W, C), row-major.
  public private(set) var inputGradient: [Double]
  /// The gradient with respect to the filters (K, K, C, D), row-major.
  public private(set) var weightGradient: [Double]
  /// The gradient with respect to the bias (D).
  public private(set) var biasGradient: [Double]

  /// The convolution of `x` (N, H, W, C) with `weights` (K, K, C, D), given the gradient with respect to the
  /// output, of the output's shape.
  public init(
    _ x: Tensor, _ weights: Tensor, bias: Tensor, stride: Int, padding: Int,
    outputGradient: (_ shape: [Int]) -> Tensor
  ) {
    let (height, width, inputs) = (x.shape[1], x.shape[2], x.shape[3])
    let (size, outputs) = (weights.shape[0], weights.shape[3])
    outputShape = [
      x.shape[0], (height + 2 * padding - size) / stride + 1,
      (width + 2 * padding - size) / stride + 1, outputs,
    ]
    let gradient = outputGradient(outputShape).scalars.map(Double.init)
    let (x, w, b) = (x.scalars, weights.scalars, bias.scalars)
    output = [Double](repeating: 0, count: outputShape.reduce(1, *))
    inputGradient = [Double](repeating: 0, count: x.count)
    weightGradient = [Double](repeating: 0, count: w.count)
    biasGradient = [Double](repeating: 0, count: b.count)

    var y = 0
    for n in 0..<outputShape[0] {
      for i in 0..<outputShape[1] {
        for j in 0..<outputShape[2] {
          for d in 0..<outputs {
            output[y] = Double(b[d])
            biasGradient[d] += gradient[y]
            for u in 0..<size {
              for v in 0..<size {
                let (row, column) = (i * stride + u - padding, j * stride + v - padding)
                guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                for c in 0..<inputs {
                  let source = ((n * height + row) * width + column) * inputs + c
                  let filter = ((u * size + v) * inputs + c) * outputs + d
                  output[y] += Double(x[source]) * Double(w[filter])
                  inputGradient[source] += gradient[y] * Double(w[filter])
                  weightGradient[filter] += gradient[y] * Double(x[source])
                }
              }
            }
            y += 1
          }
        }
      }
    }
  }
}
