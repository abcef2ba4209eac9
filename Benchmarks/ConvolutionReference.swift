import Engine

/// A convolution and its gradients by their definition, in Double; slow, but easy to verify.
struct ConvolutionReference {
  /// The output, (N, H′, W′, D).
  private(set) var output: [Double]
  /// The gradient with respect to the input, (N, H, W, C).
  private(set) var inputGradient: [Double]
  /// The gradient with respect to the weights, (K, K, C, D).
  private(set) var weightGradient: [Double]

  init(_ convolution: ConvolutionCase, _ operands: ConvolutionOperands) {
    let (size, inputs, outputs) = (convolution.size, convolution.inputs, convolution.outputs)
    let x = operands.input.scalars.map(Double.init)
    let w = operands.weights.scalars.map(Double.init)
    let g = operands.outputGradient.scalars.map(Double.init)
    output = [Double](repeating: 0, count: g.count)
    inputGradient = [Double](repeating: 0, count: x.count)
    weightGradient = [Double](repeating: 0, count: w.count)

    let shape = operands.outputGradient.shape
    for (n, i, j) in triples(shape[0], shape[1], shape[2]) {
      for (u, v, c) in triples(convolution.kernelSize, convolution.kernelSize, inputs) {
        let row = i * convolution.stride + u - convolution.padding
        let column = j * convolution.stride + v - convolution.padding
        guard (0..<size).contains(row), (0..<size).contains(column) else { continue }
        let source = ((n * size + row) * size + column) * inputs + c
        for d in 0..<outputs {
          let target = ((n * shape[1] + i) * shape[2] + j) * outputs + d
          let filter = ((u * convolution.kernelSize + v) * inputs + c) * outputs + d
          output[target] += x[source] * w[filter]
          inputGradient[source] += g[target] * w[filter]
          weightGradient[filter] += g[target] * x[source]
        }
      }
    }
  }
}

/// All triples (i, j, k) with i < `a`, j < `b` and k < `c`, in order.
private func triples(_ a: Int, _ b: Int, _ c: Int) -> some Sequence<(Int, Int, Int)> {
  (0..<a).lazy.flatMap { i in
    (0..<b).lazy.flatMap { j in (0..<c).lazy.map { k in (i, j, k) } }
  }
}
