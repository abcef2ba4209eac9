import ChapterKit
import Engine
import Foundation
import Reference

/// The errors of an algorithm's convolution and gradients against ``ConvolutionReference``.
struct ConvolutionErrors: Encodable {
  /// The largest and the root-mean-square error of an array, relative to the root mean square of its
  /// values. Most values are sums of terms that cancel, so errors are proportional to the terms rather
  /// than to the sums.
  struct Errors: Encodable {
    let max: Double
    let rms: Double

    init(of numbers: [Float], against expected: [Double]) {
      let scale = rootMeanSquare(expected)
      let distances = zip(numbers, expected).map { (Double($0) - $1) / scale }
      max = distances.reduce(0) { Swift.max($0, $1.magnitude) }
      rms = rootMeanSquare(distances)
    }
  }

  let output: Errors
  let inputGradient: Errors
  let weightGradient: Errors

  init(
    of convolve: SingleConvolution, _ operands: ConvolutionOperands,
    against reference: ConvolutionReference
  ) {
    let y = convolve(operands.input, operands.weights)
    let gradients = convolve.gradients(
      operands.input, operands.weights, outputGradient: operands.outputGradient)
    output = Errors(of: y.scalars, against: reference.output)
    inputGradient = Errors(of: gradients.input.scalars, against: reference.inputGradient)
    weightGradient = Errors(of: gradients.weights.scalars, against: reference.weightGradient)
  }

  /// The errors of the output, the input's gradient and the filters' gradient.
  var all: [Errors] { [output, inputGradient, weightGradient] }
}

/// The errors of each algorithm that supports `convolution`, on 2,048 pixels.
///
/// - Throws: A failure that names the convolution if an error is larger than rounding explains.
func verify(_ convolution: ConvolutionCase) throws
  -> [(algorithm: SingleConvolution.Algorithm, errors: ConvolutionErrors)]
{
  let images = 2048 / (convolution.size * convolution.size)
  let operands = ConvolutionOperands(convolution, images: images)
  let reference = ConvolutionReference(
    operands.input, operands.weights, bias: Tensor(repeating: 0, shape: [convolution.outputs]),
    stride: convolution.stride, padding: convolution.padding
  ) { _ in operands.outputGradient }
  return try SingleConvolution.Algorithm.allCases.compactMap { algorithm in
    guard let single = convolution.single(images: images, algorithm) else { return nil }
    let errors = ConvolutionErrors(of: single, operands, against: reference)
    guard errors.all.allSatisfy({ $0.rms <= algorithm.tolerance }) else {
      throw Failure(
        "\(convolution.name) by \(algorithm.rawValue): found relative errors of "
          + errors.all.map { scientific($0.rms) }.joined(separator: ", ")
          + " (root mean square of output, input gradient and filter gradient), expected at most "
          + scientific(algorithm.tolerance))
    }
    return (algorithm, errors)
  }
}

extension SingleConvolution.Algorithm {
  /// The largest relative error (root mean square) that rounding explains.
  ///
  /// A sum of n products, rounded after each addition, has a relative error of about √n·2⁻²⁵: 1.4e-6 for
  /// the 2,048 terms of a filter's gradient, the longest sums here. Winograd's F(4×4, 3×3) twice computes
  /// sums with factors up to 8 that cancel in the end, which loses about one more digit.
  fileprivate var tolerance: Double {
    switch self {
    case .direct: 1.5e-6
    case .winograd: 1.5e-5
    }
  }
}

/// A number in scientific notation, "1.2e-06".
func scientific(_ number: Double) -> String { String(format: "%.1e", number) }

private func rootMeanSquare(_ numbers: [Double]) -> Double {
  (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
}
