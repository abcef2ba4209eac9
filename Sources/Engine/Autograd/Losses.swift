/// The softmax of each row: exp(xᵢ) / Σⱼ exp(xⱼ).
///
/// - Parameter x: Logits (N, classes).
/// - Returns: Probabilities (N, classes).
public func softmax(_ x: Tensor) -> Tensor {
  let p = x.mapRows { row in
    let largest = row.max()!
    for i in row.indices { row[i] = .exp(row[i] - largest) }
    let total = row.reduce(0, +)
    for i in row.indices { row[i] /= total }
  }
  // dxᵢ = pᵢ·(gᵢ − Σⱼ gⱼ·pⱼ).
  return p.recorded(from: [x]) { gradient in
    let result = filled(p.shape) { result in
      for row in 0..<p.rows {
        let range = (row * p.columns)..<((row + 1) * p.columns)
        let inner = range.reduce(Float(0)) { $0 + gradient.pointer[$1] * p.pointer[$1] }
        for i in range { result[i] = p.pointer[i] * (gradient.pointer[i] - inner) }
      }
    }
    return [result]
  }
}

/// The cross-entropy of predictions against target distributions: the mean over the rows of −Σᵢ
/// tᵢ·log softmax(x)ᵢ.
///
/// - Parameters:
///   - logits: x (N, classes).
///   - targets: t (N, classes), rows that sum to one, or to zero where nothing is asked; no gradient
///     flows to them.
/// - Returns: A single number.
public func crossEntropy(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  require(
    logits.shape == targets.shape && logits.shape.count == 2,
    "Logits and targets (N, classes) do not fit: \(logits.shape), \(targets.shape).")
  let logProbabilities = logits.mapRows { row in
    // The largest goes first: added to the logarithm, it would cover its digits.
    let largest = row.max()!
    for i in row.indices { row[i] -= largest }
    let logTotal = Float.log(row.reduce(0) { $0 + .exp($1) })
    for i in row.indices { row[i] -= logTotal }
  }
  let rows = Double(logits.rows)
  let total = (0..<logits.count).reduce(0.0) {
    // A target of zero asks nothing, even of a probability that has become zero.
    targets.pointer[$1] == 0
      ? $0 : $0 - Double(targets.pointer[$1]) * Double(logProbabilities.pointer[$1])
  }
  // d logitsᵢ = (softmax(x)ᵢ·Σ t − tᵢ) / N.
  return Tensor([Float(total / rows)], shape: []).recorded(from: [logits]) { gradient in
    let scale = gradient.scalar / Float(rows)
    let result = filled(logits.shape) { result in
      for row in 0..<logits.rows {
        let range = (row * logits.columns)..<((row + 1) * logits.columns)
        let mass = range.reduce(Float(0)) { $0 + targets.pointer[$1] }
        for i in range {
          result[i] = scale * (mass * .exp(logProbabilities.pointer[i]) - targets.pointer[i])
        }
      }
    }
    return [result]
  }
}

/// The cross-entropy against class numbers: the mean over the rows of −log softmax(x)[label].
public func crossEntropy(_ logits: Tensor, labels: [Int]) -> Tensor {
  crossEntropy(logits, oneHot(labels, classes: logits.columns))
}

/// The divergence of Kullback and Leibler of predictions from target distributions: the mean over the
/// rows of Σᵢ tᵢ·(log tᵢ − log softmax(x)ᵢ).
///
/// - Parameters:
///   - targets: t (N, classes), rows that sum to one; no gradient flows to them.
///   - logits: x (N, classes).
/// - Returns: A single number, from 0 on.
public func klDivergence(_ targets: Tensor, _ logits: Tensor) -> Tensor {
  let entropy = targets.scalars.reduce(0.0) { $1 > 0 ? $0 - Double($1) * .log(Double($1)) : $0 }
  let mean = Tensor([Float(entropy / Double(targets.rows))], shape: [])
  return crossEntropy(logits, targets) + -1 * mean
}

/// Class numbers as distributions (N, classes) with all their mass on one class.
public func oneHot(_ labels: [Int], classes: Int) -> Tensor {
  require(
    labels.allSatisfy { (0..<classes).contains($0) }, "Labels must lie in 0..<\(classes).")
  let result = Tensor(repeating: 0, shape: [labels.count, classes])
  for (row, label) in labels.enumerated() { result.pointer[row * classes + label] = 1 }
  return result
}

/// The mean over all numbers of (a − b)².
///
/// - Returns: A single number.
public func meanSquaredError(_ a: Tensor, _ b: Tensor) -> Tensor {
  require(a.shape == b.shape, "Shapes \(a.shape) and \(b.shape) cannot be compared.")
  let total = (0..<a.count).reduce(0.0) {
    let distance = Double(a.pointer[$1] - b.pointer[$1])
    return $0 + distance * distance
  }
  return Tensor([Float(total / Double(a.count))], shape: []).recorded(from: [a, b]) { gradient in
    let factor = 2 * gradient.scalar / Float(a.count)
    let gradientOfA = filled(a.shape) {
      elementwise(a.count, a.pointer, b.pointer, into: $0) { factor * ($0 - $1) }
    }
    return [gradientOfA, b.needsGradient ? (-1 * gradientOfA) : nil]
  }
}
