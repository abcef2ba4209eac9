import Engine

/// Images, and for each a distribution over the classes: a label, a guess, or a mixture of them.
public struct Examples: Sendable {
  /// The images, (N, H, W, C).
  public let images: Tensor
  /// The distributions over the classes, (N, classes).
  public let labels: Tensor

  /// Examples of N images and N distributions.
  public init(images: Tensor, labels: Tensor) {
    require(
      images.shape.first == labels.shape.first,
      "Images \(images.shape) and labels \(labels.shape) differ in number.")
    (self.images, self.labels) = (images, labels)
  }

  /// N, the number of examples.
  public var count: Int { images.shape[0] }

  /// The examples of all `parts`, one part after the other.
  public init(concatenating parts: [Examples]) {
    self.init(
      images: concatenated(parts.map(\.images)), labels: concatenated(parts.map(\.labels)))
  }

  /// The examples at `indices`, in that order.
  public func gathered(_ indices: [Int]) -> Examples {
    Examples(
      images: Engine.gathered(indices, of: images), labels: Engine.gathered(indices, of: labels))
  }

  /// The examples at the indices `range`.
  public subscript(range: Range<Int>) -> Examples {
    Examples(images: images[range], labels: labels[range])
  }
}

/// Mixes the images and the labels of two sets of examples with the same coefficients.
public func mixup(_ a: Examples, _ b: Examples, lambda λ: MixingCoefficients) -> Examples {
  Examples(
    images: mixup(a.images, b.images, lambda: λ), labels: mixup(a.labels, b.labels, lambda: λ))
}
