import Engine

/// The minimum duration of a sample of a kernel, in seconds.
private let sampleDuration = 0.2

/// The peak speed of matrix multiplication on this machine: one large product on each thread.
let matrixProductPeak = Benchmark(
  name: "sgemm",
  quantities: [
    Quantity(
      metric: "sgemmPeakGflops", title: "sgemm, 1024³ on each thread", unit: "GFLOP/s")
  ]
) { _ in
  let size = 1024
  let threads = Parallel.threads
  var random = RandomStream(seed: 0, "benchmark of sgemm")
  let factors = (0..<2 * threads).map { _ in
    Tensor.uniform(in: -1..<1, shape: [size, size], random: &random)
  }
  let products = (0..<threads).map { _ in Tensor(uninitialised: [size, size]) }
  let multiply = {
    Parallel.forEachPart(of: threads) { part in
      unsafe OpenBLAS.multiply(
        factors[2 * part].pointer, factors[2 * part + 1].pointer,
        into: products[part].pointer, rows: size, inner: size, columns: size)
    }
  }
  let operations = Double(threads) * 2 * Double(size * size * size)
  multiply()
  return { [operations / secondsPerCall(filling: sampleDuration, multiply) * 1e-9] }
}

extension ConvolutionCase {
  /// The batch size of the kernel benchmarks.
  private static let batch = 64

  var forward: Quantity {
    Quantity(metric: "forwardGflops.\(name)", title: "\(title), forward", unit: "GFLOP/s")
  }

  var gradients: Quantity {
    Quantity(metric: "gradientsGflops.\(name)", title: "\(title), gradients", unit: "GFLOP/s")
  }

  /// The speed of the forward convolution and of both gradients, in operations of a direct convolution;
  /// an algorithm that needs fewer operations gets the same count.
  var benchmark: Benchmark {
    Benchmark(name: name, quantities: [forward, gradients]) { [self] _ in
      guard let convolve = single(images: Self.batch) else {
        preconditionFailure("No algorithm supports the convolution \(name).")
      }
      let operands = ConvolutionOperands(self, images: Self.batch)
      let forward = { _ = convolve(operands.input, operands.weights) }
      let gradients = {
        _ = convolve.gradients(
          operands.input, operands.weights, outputGradient: operands.outputGradient)
      }
      let total = operations * Double(Self.batch) * 1e-9
      forward()
      gradients()
      return {
        [
          total / secondsPerCall(filling: sampleDuration, forward),
          2 * total / secondsPerCall(filling: sampleDuration, gradients),
        ]
      }
    }
  }
}
