import Engine

/// Images with a distribution over the classes for each: a label, a guess, or a blend of such.
public struct Examples: Sendable {
  /// (N, H, W, C).
  public let images: Tensor
  /// (N, classes).
  public let labels: Tensor

  /// As many labels as images.
  public init(images: Tensor, labels: Tensor) {
    require(
      images.shape.first == labels.shape.first,
      "Images \(images.shape) and labels \(labels.shape) differ in number.")
    (self.images, self.labels) = (images, labels)
  }

  /// N.
  public var count: Int { images.shape[0] }

  /// Those of all `parts`, one behind the other.
  public init(concatenating parts: [Examples]) {
    self.init(
      images: concatenated(parts.map(\.images)), labels: concatenated(parts.map(\.labels)))
  }

  /// Those at `indices`, in that order.
  public func gathered(_ indices: [Int]) -> Examples {
    Examples(
      images: Engine.gathered(indices, of: images), labels: Engine.gathered(indices, of: labels))
  }

  /// A stretch of them.
  public subscript(range: Range<Int>) -> Examples {
    Examples(images: images[range], labels: labels[range])
  }
}

/// ``mixup(_:_:lambda:)`` of images and labels alike.
public func mixup(_ a: Examples, _ b: Examples, lambda λ: MixingCoefficients) -> Examples {
  Examples(
    images: mixup(a.images, b.images, lambda: λ), labels: mixup(a.labels, b.labels, lambda: λ))
}
