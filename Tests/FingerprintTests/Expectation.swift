import Engine
import Foundation
import Reference
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

/// Expects the fingerprints of the weights after the numbers of steps in `expected`, for several numbers of threads,
/// and of processes that divide the batches among them; see ``expectBits(_:threads:sourceLocation:_:)``.
///
/// - Parameters:
///   - expected: Steps and fingerprints, such as "1 0123456789abcdef 10 …".
///   - train: Runs a number of steps and returns the fingerprints.
func expectWeights(
  _ expected: String, threads: [Int] = [1, 2, 3, 16],
  sourceLocation: SourceLocation = #_sourceLocation,
  _ train: @escaping @Sendable (_ steps: Int) throws -> WeightFingerprints
) throws {
  @Sendable func text(_ steps: Int) throws -> String {
    try train(steps).entries.map { "\($0.step) \($0.weights)" }.joined(separator: " ")
  }
  func expectedText(_ steps: Int) -> String {
    let words = expected.split(separator: " ")
    let reached = stride(from: 0, to: words.count - 1, by: 2).filter { place in
      Int(words[place]).map { $0 <= steps } ?? false
    }
    return reached.map { "\(words[$0]) \(words[$0 + 1])" }.joined(separator: " ")
  }
  for threads in threads {
    // All steps run once; ten steps are enough to compare numbers of threads.
    let steps = threads == 2 ? 100 : 10
    let found = try Parallel.$threads.withValue(threads) { try text(steps) }
    #expect(found == expectedText(steps), "\(threads) threads", sourceLocation: sourceLocation)
  }
  for processes in [2, 4, 8] {
    for found in try ThreadCommunicator.run(processes: processes, { try text(10) }) {
      #expect(
        found == expectedText(10), "\(processes) processes", sourceLocation: sourceLocation)
    }
  }
}

@Suite struct ExpectationTests {
  /// A training run without the fingerprints that it must have reached is a failure, even if those that it has are
  /// right.
  @Test(arguments: ["[]", #"[{"step": 1, "weights": "00000000000000aa"}]"#])
  func missingFingerprintsAreFailures(json: String) throws {
    let found = try JSONDecoder().decode(WeightFingerprints.self, from: Data(json.utf8))
    withKnownIssue {
      try expectWeights(
        "1 00000000000000aa 10 00000000000000bb 100 00000000000000cc", threads: [1]
      ) { _ in found }
    }
  }
}
