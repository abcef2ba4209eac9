import Engine
import Testing

/// A programmer's mistake ends the process instead of computing something else.
@Suite struct PreconditionTests {
  /// The tests are compiled for release, where `precondition` would end the process without a word.
  @Test func theSentenceIsPrintedInARelease() async throws {
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        require([1].count == 2, "A pair has 2 elements, not \([1].count).")
      })
    let printed = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(printed.contains("PreconditionTests.swift"))
    #expect(printed.contains("Fatal error: A pair has 2 elements, not 1."), "\(printed)")
  }

  @Test func shapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor([1, 2], shape: [2]) + Tensor([1, 2], shape: [1, 2])
    }
    await #expect(processExitsWith: .failure) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 2, 1]))
    }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [2, 2]) }
  }

  @Test func biasOfAnotherLength() async {
    await #expect(processExitsWith: .failure) {
      _ = conv2d(
        Tensor(repeating: 0, shape: [1, 4, 4, 3]), Tensor(repeating: 0, shape: [3, 3, 3, 8]),
        bias: Tensor(repeating: 0, shape: [3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = linear(
        Tensor(repeating: 0, shape: [1, 3]), Tensor(repeating: 0, shape: [3, 8]),
        bias: Tensor(repeating: 0, shape: [3]))
    }
  }

  /// What two losses share is freed by the first one's walk; the second would leave it out of its
  /// gradients.
  @Test func freedTape() async {
    await #expect(processExitsWith: .failure) {
      let x = Parameter(Tensor([1, 2], shape: [2]))
      let shared = 2 * x.value
      meanSquaredError(shared, Tensor([0, 0], shape: [2])).backward()
      meanSquaredError(shared, Tensor([1, 1], shape: [2])).backward()
    }
  }

  @Test func gradientOfMoreThanOneNumber() async {
    await #expect(processExitsWith: .failure) {
      Parameter(Tensor([1, 2], shape: [2])).value.backward()
    }
  }

  @Test func entriesThatAreNotThere() async {
    await #expect(processExitsWith: .failure) {
      _ = gathered([0, 2], of: Tensor(repeating: 0, shape: [2, 3]))
    }
    await #expect(processExitsWith: .failure) { _ = Tensor(repeating: 0, shape: [2, 3])[1..<3] }
    await #expect(processExitsWith: .failure) {
      _ = concatenated([Tensor(repeating: 0, shape: [2, 3]), Tensor(repeating: 0, shape: [2, 4])])
    }
    await #expect(processExitsWith: .failure) { _ = concatenated([]) }
  }

  @Test func labelOutOfRange() async {
    await #expect(processExitsWith: .failure) { _ = oneHot([0, 10], classes: 10) }
  }
}
