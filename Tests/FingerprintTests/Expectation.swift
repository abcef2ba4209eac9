import Engine
import Testing

/// Expects the bits of the numbers that `body` computes, for several numbers of threads.
///
/// The expected fingerprints hold on every machine. A failure prints what was found instead; it may
/// take the place of `expected` only in a commit that means to change results and says so.
func expectBits(
  _ expected: String, threads: [Int] = [1, 2, 3, 16],
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> [Tensor]
) rethrows {
  for threads in threads {
    let found = try Parallel.$threads.withValue(threads) { Fingerprint(try body()).description }
    #expect(found == expected, "\(threads) threads", sourceLocation: sourceLocation)
  }
}

/// Expects the weights after each number of steps that `expected` names, under the same rules.
///
/// - Parameters:
///   - expected: Steps and fingerprints, such as "1 0123456789abcdef 10 …".
///   - train: Runs a number of steps, on any number of threads, and gives its fingerprints.
func expectWeights(
  _ expected: String, threads: [Int] = [1, 2, 3, 16],
  sourceLocation: SourceLocation = #_sourceLocation,
  _ train: (_ steps: Int) throws -> WeightFingerprints
) rethrows {
  for threads in threads {
    // All steps once; that the number of threads plays no part is seen in the first ten.
    let steps = threads == 2 ? 100 : 10
    let found = try Parallel.$threads.withValue(threads) { try train(steps) }.entries
      .map { "\($0.step) \($0.weights)" }.joined(separator: " ")
    #expect(
      found == expected.prefix(steps == 100 ? expected.count : found.count), "\(threads) threads",
      sourceLocation: sourceLocation)
  }
}
