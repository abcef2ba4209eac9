extension TSNE {
  /// Checks that the settings are valid and fit the rows.
  ///
  /// - Throws: ``InvalidInput``.
  func validate(_ rows: Matrix) throws {
    try expect(
      perplexity >= 1 && 3 * perplexity < Float(rows.rows),
      "t-SNE: perplexity: found \(perplexity) for \(rows.rows) points, "
        + "expected at least 1 and less than a third of the points")
    try expect(
      earlyExaggeration >= 1 && earlyExaggeration.isFinite,
      "t-SNE: early exaggeration: found \(earlyExaggeration), expected at least 1")
    try expect(iterations >= 0, "t-SNE: iterations: found \(iterations), expected 0 or more")
    try expect(
      (0...iterations).contains(exaggerationIterations),
      "t-SNE: exaggerated iterations: found \(exaggerationIterations), expected 0 to \(iterations), "
        + "the number of all iterations")
    if let learningRate {
      try expect(
        learningRate > 0 && learningRate.isFinite,
        "t-SNE: learning rate: found \(learningRate), expected a positive number")
    }
    try expect((0...0.7).contains(theta), "t-SNE: theta: found \(theta), expected 0 to 0.7")
    try expect(
      rows.columns >= 2, "t-SNE: rows: found \(rows.columns) numbers in each, expected at least 2")
    if let place = rows.values.firstIndex(where: { !(abs($0) <= greatestMagnitude) }) {
      throw InvalidInput(
        description: "t-SNE: row \(place / rows.columns), column \(place % rows.columns): found "
          + "\(rows.values[place]), expected numbers of magnitude \(greatestMagnitude) at most"
      )
    }
  }

  /// Checks that no coordinate has grown too large.
  ///
  /// - Throws: ``InvalidInput``.
  func checkBounds(_ points: UncheckedArray<SIMD2<Float>>, iteration: Int) throws {
    try expect(
      (0..<points.count).allSatisfy {
        unsafe abs(points[$0].x) <= greatestMagnitude && abs(points[$0].y) <= greatestMagnitude
      },
      "t-SNE: points: found coordinates above \(greatestMagnitude) in iteration \(iteration + 1), "
        + "expected smaller ones; lower the learning rate")
  }
}

/// The largest magnitude of a number; squares of such numbers, and their sums, do not overflow.
private let greatestMagnitude: Float = 1e15
