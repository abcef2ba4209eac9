import Engine

/// A split of the training images into labelled, unlabelled and validation images.
public struct LabelSplit: Sendable {
  /// The indices of the labelled images; in random order if the split was drawn.
  public let labelled: [Int]
  /// The indices of the unlabelled images; in random order if the split was drawn.
  public let unlabelled: [Int]
  /// The indices of the images held out for validation; in random order if the split was drawn.
  public let validation: [Int]

  /// Draws a random split.
  ///
  /// By default, every set of labelled images is equally likely, so the classes may be unbalanced, as in
  /// the article. A balanced split, as in the paper, has the same number of labelled images per class.
  ///
  /// The split depends only on the arguments. For the same seed, a smaller labelled set is a subset of a
  /// larger one, and the number of validation images does not change the labelled set.
  ///
  /// - Parameters:
  ///   - labels: The class of each image: (count).
  ///   - labelled: The number of labelled images.
  ///   - balanced: Whether every class, from 0 to the highest in `labels`, has the same number of labelled
  ///     images.
  ///   - validation: The number of validation images.
  ///   - seed: The seed of the training run.
  /// - Throws: ``DatasetError`` if `labelled` is not in 1...count or `validation` not in
  ///   0...(count − `labelled`); for a balanced split also if `labelled` is not a multiple of the number of
  ///   classes, or if a class has too few images.
  public init(
    labels: [UInt8], labelled: Int, balanced: Bool = false, validation: Int = 0, seed: UInt64
  ) throws {
    let count = labels.count
    guard labelled >= 1 && labelled <= count else {
      throw DatasetError(
        "labelled images", found: "\(labelled)",
        expected: "at least 1 and at most the number of images, \(count)")
    }
    guard validation >= 0 && validation <= count - labelled else {
      throw DatasetError(
        "validation images", found: "\(validation)",
        expected: "at least 0 and at most the number of images without a label, \(count - labelled)"
      )
    }
    var random = RandomStream(seed: seed, "split")
    let order = random.permutation(of: count)
    let chosen =
      balanced
      ? try balancedChoice(of: labelled, from: order, labels: labels)
      : Array(order.prefix(labelled))
    // Validation images come from the end of the order, so they do not change the labelled set.
    let isChosen = Set(chosen)
    let others = order.filter { !isChosen.contains($0) }
    self.labelled = chosen
    unlabelled = Array(others.dropLast(validation))
    self.validation = Array(others.suffix(validation))
  }

  /// The split with the given indices, for images of which only some have a known label.
  ///
  /// - Parameters:
  ///   - labelled: The indices of the labelled images; at least one.
  ///   - unlabelled: The indices of the unlabelled images.
  ///   - validation: The indices of the validation images, whose labels must be known.
  /// - Throws: ``DatasetError`` if an index is negative or occurs twice, or no image is labelled.
  public init(labelled: [Int], unlabelled: [Int], validation: [Int] = []) throws {
    guard !labelled.isEmpty else {
      throw DatasetError("labelled images", found: "none", expected: "at least one index")
    }
    var seen: Set<Int> = []
    for index in labelled + unlabelled + validation {
      guard index >= 0, seen.insert(index).inserted else {
        throw DatasetError(
          "split", found: "the index \(index)\(index < 0 ? "" : " twice")",
          expected: "indices of images, each at most once")
      }
    }
    (self.labelled, self.unlabelled, self.validation) = (labelled, unlabelled, validation)
  }

  /// Returns the split with more unlabelled images after the others.
  ///
  /// - Parameter more: Indices that the split does not have, such as those of images without a known class.
  /// - Throws: ``DatasetError`` if an index is negative, or the split has it already.
  public func adding(unlabelled more: Range<Int>) throws -> LabelSplit {
    try LabelSplit(labelled: labelled, unlabelled: unlabelled + more, validation: validation)
  }

  /// The highest index of an image in the split.
  package var highestIndex: Int { (labelled + unlabelled + validation).max() ?? 0 }
}

/// Returns the first images of each class in `order`: `count` in total, the same number per class.
private func balancedChoice(of count: Int, from order: [Int], labels: [UInt8]) throws -> [Int] {
  let classes = 1 + Int(labels.max() ?? 0)
  guard count.isMultiple(of: classes) else {
    throw DatasetError(
      "labelled images", found: "\(count)",
      expected: "a multiple of \(classes), the number of classes, for a balanced split")
  }
  var chosenOfClass = [Int](repeating: 0, count: classes)
  let chosen = order.filter { image in
    let label = Int(labels[image])
    guard chosenOfClass[label] < count / classes else { return false }
    chosenOfClass[label] += 1
    return true
  }
  if let label = chosenOfClass.firstIndex(where: { $0 < count / classes }) {
    throw DatasetError(
      "labelled images", found: "\(chosenOfClass[label]) of class \(label)",
      expected: "\(count / classes) of each class")
  }
  return chosen
}
