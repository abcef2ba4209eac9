import Engine

/// The numbers of test images of each class by the class that a network predicts.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The counts: `counts[label][prediction]`.
  public let counts: [[Int]]

  /// The confusion matrix of predictions.
  ///
  /// - Parameters:
  ///   - labels: The true class of each image.
  ///   - predictions: The predicted class of each image.
  ///   - classes: The number of classes.
  public init(labels: [Int], predictions: [Int], classes: Int) {
    require(
      labels.count == predictions.count,
      "\(predictions.count) predictions cannot be compared with \(labels.count) labels.")
    require(
      (labels + predictions).allSatisfy { $0 >= 0 && $0 < classes },
      "Labels and predictions of \(classes) classes are numbers from 0 to \(classes - 1).")
    require(classes >= 0, "The number of classes is at least 0; found \(classes).")
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for (label, prediction) in zip(labels, predictions) { counts[label][prediction] += 1 }
    self.counts = counts
  }

  /// The number of images of a class.
  public func imageCount(of label: Int) -> Int {
    requireClass(label)
    return counts[label].reduce(0, +)
  }

  /// The share of the images of a class that are predicted as that class; nil for a class without images.
  public func recall(of label: Int) -> Double? {
    let total = imageCount(of: label)
    return total > 0 ? Double(counts[label][label]) / Double(total) : nil
  }

  /// The share of the predictions of a class that are right; nil for a class that is never predicted.
  public func precision(of prediction: Int) -> Double? {
    requireClass(prediction)
    let total = counts.reduce(0) { $0 + $1[prediction] }
    return total > 0 ? Double(counts[prediction][prediction]) / Double(total) : nil
  }

  /// Requires that the matrix has the class.
  private func requireClass(_ index: Int) {
    require(
      counts.indices.contains(index),
      "The classes of the confusion matrix are 0..<\(counts.count); found \(index).")
  }

  /// The wrong predictions by class and predicted class, the most frequent first.
  public var confusions: [(label: Int, prediction: Int, count: Int)] {
    let wrong = counts.enumerated().flatMap { label, row in
      row.enumerated().compactMap { prediction, count in
        label != prediction && count > 0
          ? (label: label, prediction: prediction, count: count) : nil
      }
    }
    // Equal counts stay in the order of the classes, which `sorted` alone does not promise.
    return wrong.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
  }
}
