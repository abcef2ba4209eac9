import Engine

/// Which of the training images may be seen with their label, which only without, and which not at
/// all while training.
public struct LabelSplit: Sendable {
  /// The indices of the images with labels, in random order.
  public let labelled: [Int]
  /// The indices of the images without, in random order.
  public let unlabelled: [Int]
  /// The indices of the images held out to choose settings by, in random order; none of them is
  /// among the others.
  public let validation: [Int]

  /// Draws the images with labels at random, every choice as likely as any other; classes may
  /// therefore come out unbalanced, as they do in the article. A balanced choice, as in the paper,
  /// has as many of each class.
  ///
  /// The split depends on nothing but the arguments. For one seed a smaller labelled set is part of
  /// a larger one, and holding images out does not change which images have labels.
  ///
  /// - Parameters:
  ///   - labels: The class of each image, (count).
  ///   - labelled: How many of the images have labels.
  ///   - balanced: Whether as many of each class have, from 0 to the highest in `labels`.
  ///   - validation: How many of the others are held out.
  ///   - seed: The seed of the run.
  /// - Throws: ``DatasetError`` unless `labelled` lies in 1...count and `validation` in
  ///   0...(count − `labelled`), and for a balanced choice unless `labelled` is a multiple of the
  ///   number of classes, each of which has images enough.
  public init(
    labels: [UInt8], labelled: Int, balanced: Bool = false, validation: Int = 0, seed: UInt64
  ) throws {
    let count = labels.count
    guard labelled >= 1 && labelled <= count else {
      throw DatasetError(
        "labelled images", found: "\(labelled)",
        expected: "at least 1 and at most the \(count) images there are")
    }
    guard validation >= 0 && validation <= count - labelled else {
      throw DatasetError(
        "validation images", found: "\(validation)",
        expected: "at least 0 and at most the \(count - labelled) images that have no label")
    }
    var random = RandomStream(seed: seed, "split")
    let order = random.permutation(of: count)
    let chosen =
      balanced
      ? try balancedChoice(of: labelled, from: order, labels: labels)
      : Array(order.prefix(labelled))
    // The last images of the order, so that none of the labelled ones has to make room.
    let isChosen = Set(chosen)
    let others = order.filter { !isChosen.contains($0) }
    self.labelled = chosen
    unlabelled = Array(others.dropLast(validation))
    self.validation = Array(others.suffix(validation))
  }
}

/// The first images in `order` of each class, as many of each and `count` in all.
private func balancedChoice(of count: Int, from order: [Int], labels: [UInt8]) throws -> [Int] {
  let classes = 1 + Int(labels.max() ?? 0)
  guard count.isMultiple(of: classes) else {
    throw DatasetError(
      "labelled images", found: "\(count)",
      expected: "a multiple of \(classes), to have as many of each class")
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
