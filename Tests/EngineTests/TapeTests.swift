import Engine
import Testing

/// What is put on the tape, how gradients meet there, and when it is freed.
@Suite struct TapeTests {
  private let x = Parameter(Tensor([1, -2, 3], shape: [3]))
  private let zero = Tensor(repeating: 0, shape: [3])

  /// The mean square, whose gradient is ⅔·y.
  private func meanSquare(_ y: Tensor) -> Tensor { meanSquaredError(y, zero) }

  private func expectGradient(
    _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let gradient = x.gradient?.scalars.map(Double.init) ?? []
    #expect(
      largestDistance(gradient, expected) <= 8 * Tolerance.rounding * rootMeanSquare(expected),
      sourceLocation: sourceLocation)
  }

  /// d/dx mean (x + x)² = 8/3·x.
  @Test func parameterUsedTwice() {
    meanSquare(x.value + x.value).backward()
    expectGradient([8 / 3, -16 / 3, 8])
  }

  /// h = 2x, y = h + 3h = 8x: d/dx mean y² = 128/3·x. The walk must not leave h before both of its
  /// uses have told it.
  @Test func sharedSubexpression() {
    let h = 2 * x.value
    meanSquare(h + 3 * h).backward()
    expectGradient([128 / 3, -256 / 3, 128])
  }

  /// The gradient by one parameter leaves those of all parameters as they are, and is zero by one that
  /// the number does not depend on.
  @Test func gradientByOneParameter() {
    let y = Parameter(Tensor([2, 2, 2], shape: [3]))
    let gradient = meanSquare(x.value + y.value).gradient(withRespectTo: y)
    #expect(largestDistance(gradient.scalars.map(Double.init), [2, 0, 10 / 3]) < 1e-6)
    #expect(x.gradient == nil && y.gradient == nil)
    #expect(meanSquare(x.value).gradient(withRespectTo: y).scalars == [0, 0, 0])
  }

  /// A recursive walk would exhaust the stack of a thread.
  @Test func manyOperationsInSequence() {
    let x = Parameter(Tensor([1], shape: []))
    var y = x.value
    for _ in 0..<100_000 { y = y + x.value }
    #expect(y.gradient(withRespectTo: x).scalar == 100_001)
  }

  /// Recursive deinitialisers would exhaust it, too.
  @Test func aLongTapeIsDroppedWithoutABackwardPass() {
    final class Saved: Sendable {}
    weak var saved: Saved?
    do {
      let object = Saved()
      saved = object
      var y = x.value.recorded(from: [x.value]) { gradient in
        withExtendedLifetime(object) { [gradient] }
      }
      for _ in 0..<100_000 { y = y * y + x.value }
    }
    #expect(saved == nil, "the first operation of the tape is freed")
  }

  /// A chain in which every node is used twice: 2²⁰ paths, walked as twenty nodes.
  @Test func manyPathsAreWalkedOnce() {
    var y = x.value
    for _ in 0..<20 { y = 0.5 * y + 0.5 * y }
    meanSquare(y).backward()
    expectGradient([2 / 3, -4 / 3, 2])
  }

  @Test func lossesAccumulate() {
    meanSquare(x.value).backward()
    meanSquare(2 * x.value).backward()
    expectGradient([10 / 3, -20 / 3, 10])
  }

  /// Only the path beside the detached one counts: d/dx mean (x + c)² with c = x is 4/3·x.
  @Test func detachedIsAConstant() {
    let constant = x.value.detached
    #expect(!constant.needsGradient)
    #expect(constant.scalars == x.value.scalars)
    meanSquare(x.value + constant).backward()
    expectGradient([4 / 3, -8 / 3, 4])
  }

  @Test func withoutGradientsRecordsNothing() throws {
    let constant = withoutGradients { 2 * x.value }
    #expect(!constant.needsGradient)
    #expect(constant.scalars == [2, -4, 6])
    #expect((2 * x.value).needsGradient, "recording goes on afterwards")
    meanSquare(constant).backward()
    #expect(x.gradient == nil)

    struct Interruption: Error {}
    #expect(throws: Interruption.self) { try withoutGradients { throw Interruption() } }
    #expect((2 * x.value).needsGradient, "recording goes on after an error")
  }

  @Test func constantsNeedNoGradient() {
    #expect(x.value.needsGradient)
    #expect(!zero.needsGradient)
    #expect(!(zero + zero).needsGradient)
    #expect((zero + x.value).needsGradient)
    let target = Parameter(zero)
    #expect(
      !crossEntropy(Tensor([1, 2], shape: [1, 2]), Tensor([0, 1], shape: [1, 2])).needsGradient)
    #expect(meanSquaredError(zero, target.value).needsGradient)
  }

  /// A new value is a leaf again, and the gradient of the old one stays until it is cleared.
  @Test func newValueIsALeaf() {
    x.value = 2 * x.value
    #expect(x.value.scalars == [2, -4, 6])
    meanSquare(x.value).backward()
    expectGradient([4 / 3, -8 / 3, 4])
  }

  @Test func updateClearsGradients() {
    meanSquare(x.value).backward()
    #expect(x.gradient != nil)
    AdamW([("x", x)], weightDecay: 0).update(learningRate: 0.1, momentum: 0.9)
    #expect(x.gradient == nil)
    #expect(x.value.needsGradient)
  }

  /// A gradient of zeros changes nothing, whether it is kept or left out.
  @Test func zeroGradient() {
    meanSquare(x.value).backward()
    (0 * meanSquare(x.value)).backward()
    expectGradient([2 / 3, -4 / 3, 2])
  }

  /// A parameter that has no influence on the loss has a gradient of zeros, as in PyTorch, so that SGD applies momentum
  /// and weight decay to it.
  @Test func gradientWithoutInfluenceIsZero() {
    (0 * meanSquare(x.value)).backward()
    expectGradient([0, 0, 0])
    let before = x.value.scalars
    SGD([("x", x)], weightDecay: 0.5).update(learningRate: 1)
    #expect(x.value.scalars == before.map { 0.5 * $0 })
  }
}

/// Memory goes back when nothing needs it.
@Suite struct TapeMemoryTests {
  private final class Watch {
    weak var storage: Storage?
    init(_ tensor: Tensor) { storage = tensor.storage }
  }

  /// A loss with an intermediate result that its gradient needs.
  private func lossAndIntermediate(_ x: Parameter) -> (loss: Tensor, intermediate: Watch) {
    let intermediate = leakyReLU(x.value, slope: 0.5)
    return (meanSquaredError(intermediate, x.value.detached), Watch(intermediate))
  }

  @Test func backwardFreesTheTape() {
    let x = Parameter(Tensor([-1, 2], shape: [2]))
    let (loss, intermediate) = lossAndIntermediate(x)
    #expect(intermediate.storage != nil)
    loss.backward()
    #expect(intermediate.storage == nil)
    #expect(loss.needsGradient, "the loss itself is still there")
  }

  @Test func lossThatIsDroppedFreesTheTape() {
    let x = Parameter(Tensor([-1, 2], shape: [2]))
    var result: (loss: Tensor, intermediate: Watch)? = lossAndIntermediate(x)
    let intermediate = result!.intermediate
    #expect(intermediate.storage != nil)
    result = nil
    #expect(intermediate.storage == nil)
  }

  @Test func withoutGradientsKeepsNothing() {
    let x = Parameter(Tensor([-1, 2], shape: [2]))
    let (loss, intermediate) = withoutGradients { lossAndIntermediate(x) }
    #expect(intermediate.storage == nil)
    #expect(!loss.needsGradient)
  }
}
