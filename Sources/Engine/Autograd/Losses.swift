/// The softmax of each row, exp(xᵢ) / Σⱼ exp(xⱼ).
///
/// - Parameter x: Logits (N, classes).
/// - Returns: Probabilities (N, classes).
public func softmax(_ x: Tensor) -> Tensor {
  let p = x.mapRows { row in
    let largest = row.max()
    for i in row.indices { row[i] = .exp(row[i] - largest) }
    let total = row.sum()
    for i in row.indices { row[i] /= total }
  }
  // dxᵢ = pᵢ·(gᵢ − Σⱼ gⱼ·pⱼ).
  return p.recorded(from: [x]) { gradient in
    let result = gradient.mapRows(with: p) { g, p in
      let inner = p.indices.reduce(Float(0)) { $0 + g[$1] * p[$1] }
      for i in g.indices { g[i] = p[i] * (g[i] - inner) }
    }
    return [result]
  }
}

/// The cross-entropy between logits and target distributions, averaged over the rows.
///
/// For logits x and targets t it is the mean over the rows of −Σᵢ tᵢ·log softmax(x)ᵢ.
///
/// - Parameters:
///   - logits: x (N, classes), N ≥ 1.
///   - targets: t (N, classes), not negative; the rows of distributions sum to one. The sum of a row is the weight of
///     its example, so that a row of zeros adds nothing; the mean is over all N rows. No gradient flows to the targets.
/// - Returns: A scalar.
public func crossEntropy(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  require(
    logits.shape == targets.shape && logits.shape.count == 2 && logits.rows > 0,
    "Logits and targets need the same shape (N, classes), N ≥ 1; "
      + "found \(logits.shape) and \(targets.shape).")
  let logProbabilities = logSoftmax(logits)
  let rows = Double(logits.rows)
  let total = zip(targets.scalars, logProbabilities.scalars).reduce(0.0) {
    // Skip zero targets: 0·log 0 counts as 0, while the product would be NaN.
    $1.0 == 0 ? $0 : $0 - Double($1.0) * Double($1.1)
  }
  // d logitsᵢ = (softmax(x)ᵢ·Σ t − tᵢ) / N.
  return Tensor([Float(total / rows)], shape: []).recorded(from: [logits]) { gradient in
    let scale = gradient.scalar / Float(rows)
    let result = logProbabilities.mapRows(with: targets) { row, t in
      let mass = t.indices.reduce(Float(0)) { $0 + t[$1] }
      for i in row.indices { row[i] = scale * (mass * .exp(row[i]) - t[i]) }
    }
    return [result]
  }
}

/// The cross-entropy between logits and class labels: the mean over the rows of
/// −log softmax(x)[label].
///
/// - Parameters:
///   - logits: x (N, classes), N ≥ 1.
///   - labels: N class indices in 0 ..< classes.
/// - Returns: A scalar.
public func crossEntropy(_ logits: Tensor, labels: [Int]) -> Tensor {
  crossEntropy(logits, oneHot(labels, classes: logits.columns))
}

/// The Kullback–Leibler divergence D(t ‖ softmax(x)) of target distributions t from the predictions, averaged over
/// the rows.
///
/// For logits x it is the mean over the rows of Σᵢ tᵢ·(log tᵢ − log softmax(x)ᵢ).
///
/// - Parameters:
///   - logits: x (N, classes), N ≥ 1.
///   - targets: t (N, classes), whose rows sum to one; no gradient flows to them. Unlike in ``crossEntropy(_:_:)``,
///     the sum w of a row is not a weight: it would also add w·log w.
/// - Returns: A scalar: the difference of the cross-entropy and the entropy, both rounded to Float. A divergence far
///   smaller than these is therefore inexact, and may come out negative; the gradient is not affected.
public func klDivergence(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  crossEntropy(logits, targets) - Tensor([Float(meanEntropy(targets))], shape: [])
}

/// The entropy of distributions, averaged over the rows.
///
/// It is the mean over the rows of −Σᵢ pᵢ·log pᵢ, in nats, where 0·log 0 counts as 0. No gradient flows through it.
///
/// - Parameter p: Distributions (N, classes), N ≥ 1.
/// - Returns: The entropy; NaN if an element is NaN or negative.
public func meanEntropy(_ p: Tensor) -> Double {
  requireRows(of: p)
  let sum = p.scalars.reduce(0.0) { $1 == 0 ? $0 : $0 - Double($1) * .log(Double($1)) }
  return sum / Double(p.rows)
}

/// The entropy of the predictions, averaged over the rows.
///
/// For logits x and p = softmax(x) it is the mean over the rows of −Σᵢ pᵢ·log pᵢ, in nats. A probability of 0, whose
/// logit is −∞, contributes 0.
///
/// - Parameter logits: x (N, classes), N ≥ 1.
/// - Returns: A scalar.
public func softmaxEntropy(_ logits: Tensor) -> Tensor {
  requireRows(of: logits)
  let logProbabilities = logSoftmax(logits)
  // 0·log 0 counts as 0, while the product would be NaN.
  let summands = logProbabilities.scalars.map { logarithm -> Double in
    logarithm == -.infinity ? 0 : -Double.exp(Double(logarithm)) * Double(logarithm)
  }
  let entropies = (0..<logits.rows).map { row in
    summands[row * logits.columns..<(row + 1) * logits.columns].reduce(0, +)
  }
  let mean = entropies.reduce(0, +) / Double(logits.rows)
  // dxᵢ = −pᵢ·(log pᵢ + H) / N, where H is the row's entropy.
  return Tensor([Float(mean)], shape: []).recorded(from: [logits]) { gradient in
    let scale = gradient.scalar / Float(logits.rows)
    let rowEntropies = Tensor(entropies.map { Float($0) }, shape: [logits.rows, 1])
    let result = logProbabilities.mapRows(with: rowEntropies) { row, entropy in
      for i in row.indices {
        let derivative: Float = -scale * .exp(row[i]) * (row[i] + entropy[0])
        row[i] = row[i] == -.infinity ? 0 : derivative
      }
    }
    return [result]
  }
}

/// Requires the shape (N, classes) with a row: the mean over no rows is undefined.
private func requireRows(of x: Tensor) {
  require(
    x.shape.count == 2 && x.rows > 0,
    "An entropy needs the shape (N, classes), N ≥ 1; found \(x.shape).")
}

/// The logarithm of the softmax of each row of `x` (N, classes), without a gradient.
private func logSoftmax(_ x: Tensor) -> Tensor {
  x.mapRows { row in
    // Subtract the maximum first; adding it back after the logarithm would lose precision.
    let largest = row.max()
    for i in row.indices { row[i] -= largest }
    let logTotal = Float.log(row.indices.reduce(0) { $0 + .exp(row[$1]) })
    for i in row.indices { row[i] -= logTotal }
  }
}

/// One-hot encodes class labels.
///
/// - Parameters:
///   - labels: N class indices.
///   - classes: The number of classes.
/// - Returns: Distributions (N, classes), each with probability 1 for its label.
public func oneHot(_ labels: [Int], classes: Int) -> Tensor {
  requireLabels(labels, classes: classes)
  var scalars = [Float](repeating: 0, count: elementCount(of: [labels.count, classes]))
  for (row, label) in labels.enumerated() { scalars[row * classes + label] = 1 }
  return Tensor(scalars, shape: [labels.count, classes])
}

/// Requires that all labels lie in 0 ..< `classes`.
func requireLabels(_ labels: [Int], classes: Int) {
  let other = labels.first { $0 < 0 || $0 >= classes }
  require(
    other == nil,
    "Labels must lie in 0..<\(classes); found \(other ?? 0).")
}

/// The mean squared error: the mean over all elements of (a − b)².
///
/// - Parameters:
///   - a: A tensor of any shape with at least one element.
///   - b: A tensor of the same shape.
/// - Returns: A scalar.
public func meanSquaredError(_ a: Tensor, _ b: Tensor) -> Tensor {
  require(
    a.shape == b.shape && a.count > 0,
    "The mean squared error needs two tensors of the same shape with at least one element; "
      + "found \(a.shape) and \(b.shape).")
  let total = zip(a.scalars, b.scalars).reduce(0.0) {
    let distance = Double($1.0 - $1.1)
    return $0 + distance * distance
  }
  return Tensor([Float(total / Double(a.count))], shape: []).recorded(from: [a, b]) { gradient in
    let factor = 2 * gradient.scalar / Float(a.count)
    let gradientOfA = elementwise(a, b) { factor * ($0 - $1) }
    return [gradientOfA, b.needsGradient ? -gradientOfA : nil]
  }
}
