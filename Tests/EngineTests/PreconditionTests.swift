import Engine
import Testing

/// A programmer's mistake ends the process instead of computing something else.
@Suite struct PreconditionTests {
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

  @Test func gradientOfMoreThanOneNumber() async {
    await #expect(processExitsWith: .failure) {
      Parameter(Tensor([1, 2], shape: [2])).value.backward()
    }
  }

  @Test func labelOutOfRange() async {
    await #expect(processExitsWith: .failure) { _ = oneHot([0, 10], classes: 10) }
  }
}
