/// The fraction of rows of `predictions` (N, classes) whose largest element stands at the row's label.
public func accuracy(of predictions: Tensor, labels: [Int]) -> Double {
  require(
    predictions.rows == labels.count && !labels.isEmpty,
    "\(labels.count) labels do not fit predictions of shape \(predictions.shape).")
  let correct = zip(predictions.rowMaxima(), labels).count { $0.index == $1 }
  return Double(correct) / Double(labels.count)
}
