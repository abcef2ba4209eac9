import Datasets
import Engine
import MixMatch

/// What a network says about each of some images.
public struct Evaluation: Codable, Sendable {
  /// The likeliest class of each.
  public let classes: [Int]
  /// The probability of that class.
  public let confidences: [Float]
  /// The share that is right.
  public let accuracy: Double

  /// The network's answers for the images at `indices`, which are not changed but in size.
  init(_ images: LabelledImages, _ indices: [Int], size: ImageSize, by network: any Layer) {
    let answers = predict(network, count: indices.count) { range in
      images.tensor(count: range.count, size: size, scaling: .cifar) {
        (indices[range.lowerBound + $0], DrawnAugmentation([]))
      }
    }.rowMaxima()
    classes = answers.map(\.index)
    confidences = answers.map(\.value)
    let right = zip(classes, images.classes(indices)).count { $0 == $1 }
    accuracy = Double(right) / Double(indices.count)
  }
}

/// The mean over the rows of −Σ pᵢ·log pᵢ, in nats; it is reported, and decides nothing.
func meanEntropy(_ p: Tensor) -> Double {
  let total = p.scalars.reduce(0.0) { $1 > 0 ? $0 - Double($1) * .log(Double($1)) : $0 }
  return total / Double(p.shape[0])
}
