import Engine
import Testing

/// Expects the bits of the numbers that `body` computes, for several numbers of threads.
///
/// The expected fingerprints hold on every machine. A failure prints the fingerprint that was found. Replace
/// `expected` with it only in a commit that changes results on purpose and explains it.
func expectBits(
  _ expected: String, threads: [Int] = [1, 2, 3, 16],
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> [Tensor]
) rethrows {
  for threads in threads {
    let found = try Parallel.$threads.withValue(threads) { Fingerprint(try body()).description }
    #expect(found == expected, "\(threads) threads", sourceLocation: sourceLocation)
  }
}

/// Expects the fingerprints of the weights after the numbers of steps in `expected`; see
/// ``expectBits(_:threads:sourceLocation:_:)``.
///
/// - Parameters:
///   - expected: Steps and fingerprints, such as "1 0123456789abcdef 10 …".
///   - train: Runs a number of steps and returns the fingerprints.
func expectWeights(
  _ expected: String, threads: [Int] = [1, 2, 3, 16],
  sourceLocation: SourceLocation = #_sourceLocation,
  _ train: (_ steps: Int) throws -> WeightFingerprints
) rethrows {
  for threads in threads {
    // All steps run once; ten steps are enough to compare numbers of threads.
    let steps = threads == 2 ? 100 : 10
    let found = try Parallel.$threads.withValue(threads) { try train(steps) }.entries
      .map { "\($0.step) \($0.weights)" }.joined(separator: " ")
    #expect(
      found == expected.prefix(steps == 100 ? expected.count : found.count), "\(threads) threads",
      sourceLocation: sourceLocation)
  }
}
