import Engine

/// Which of the training images may be seen with their label, and which only without.
public struct LabelSplit: Sendable {
  /// The indices of the images with labels, in random order.
  public let labelled: [Int]
  /// The indices of all other images, in random order.
  public let unlabelled: [Int]

  /// Draws the images with labels at random, every choice as likely as any other; classes may
  /// therefore come out unbalanced, as they do in the article.
  ///
  /// The split depends on nothing but the arguments, and for one seed a smaller labelled set is
  /// part of a larger one.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - labelled: How many of them have labels.
  ///   - seed: The seed of the run.
  /// - Throws: ``DatasetError`` unless `labelled` lies in 1...`count`.
  public init(count: Int, labelled: Int, seed: UInt64) throws {
    guard labelled >= 1 && labelled <= count else {
      throw DatasetError(
        "labelled images", found: "\(labelled)",
        expected: "at least 1 and at most the \(count) images there are")
    }
    var random = RandomStream(seed: seed, "split")
    let order = random.permutation(of: count)
    self.labelled = Array(order.prefix(labelled))
    unlabelled = Array(order.dropFirst(labelled))
  }
}
