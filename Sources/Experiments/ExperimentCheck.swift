import ChapterKit
import Datasets
import MixMatch

extension Experiment {
  /// Checks the numbers against each other and against a data set, before any work is done.
  ///
  /// - Throws: An error in one line: what was found, what was expected.
  public func check(for method: some SemiSupervisedMethod, on dataset: ImageDataset) throws {
    let count = dataset.train.count
    func check(_ condition: Bool, _ what: String, found: String, expected: String) throws {
      guard condition else { throw Failure("\(what): found \(found), expected \(expected)") }
    }
    try check(
      labels >= labelledBatch, "labelled images (--labels)", found: "\(labels)",
      expected: "at least \(labelledBatch), as many as a batch has")
    try check(
      labels + validation <= count, "labelled images (--labels)",
      found: "\(labels) beside \(validation) validation images",
      expected: "at most the \(count) training images there are")
    // A balanced choice may lack images of a class.
    _ = try LabelSplit(
      labels: dataset.train.labels, labelled: labels, balanced: isBalanced, validation: validation,
      seed: 0)
    let rest = count - labels - validation
    try check(
      method.versions == 0 || rest >= unlabelledBatch, "unlabelled images",
      found: "\(rest) beside \(labels) labelled (--labels) and \(validation) validation images",
      expected: "at least \(unlabelledBatch), as many as a batch has")
    try check(
      emaDecay.map { (0..<1).contains($0) } ?? true, "decay of the average (--average)",
      found: "\(emaDecay ?? 0)", expected: "a number from 0 to below 1")
    try check(
      steps >= 1 && evaluationCount >= 1, "iterations (--steps)", found: "\(steps)",
      expected: "at least 1")
  }
}
