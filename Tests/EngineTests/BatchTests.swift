import Engine
import Synchronization
import Testing

/// Batches put together and taken apart, large enough that threads share the work.
@Suite struct BatchTests {
  private let images = Fixture.uniform("batch/images", in: [-1, 1], shape: [33, 20, 20, 3])
  private let length = 20 * 20 * 3

  private func entry(_ index: Int) -> ArraySlice<Float> {
    images.scalars[index * length..<(index + 1) * length]
  }

  @Test func gatheredTakesEntriesInAnyOrder() {
    let indices = (0..<40).map { 7 * $0 % 33 }
    let batch = gathered(indices, of: images)
    #expect(batch.shape == [40, 20, 20, 3])
    #expect(batch.scalars == indices.flatMap(entry))
    #expect(gathered([], of: images).shape == [0, 20, 20, 3])
  }

  @Test func concatenatedUndoesSlices() {
    let parts = [images[0..<13], images[13..<13], images[13..<33]]
    #expect(parts.map { $0.shape[0] } == [13, 0, 20])
    #expect(parts[2].scalars == (13..<33).flatMap(entry))
    let whole = concatenated(parts)
    #expect(whole.shape == images.shape)
    #expect(whole.scalars == images.scalars)
  }

  /// Entries that are and that are not a number of vectors long; each knows which it is.
  @Test(arguments: [[4096, 10], [2048, 33], [1024, 64], [3, 5]])
  func zippedEntries(shape: [Int]) {
    expectZipped(shape) { _ in }
  }

  /// The last entry of the first of 16 parts waits for the second part to begin, and then must not
  /// write into it. Where there is but one thread it waits in vain, for a second.
  @Test func anEntryLeavesItsNeighbourAlone() {
    let nextPartHasBegun = Atomic(false)
    Parallel.$threads.withValue(2) {
      expectZipped([4096, 10]) { entry in
        if entry == 257 { nextPartHasBegun.store(true, ordering: .releasing) }
        let start = ContinuousClock.now
        while entry == 255, !nextPartHasBegun.load(ordering: .acquiring),
          ContinuousClock.now - start < .seconds(1)
        {}
      }
    }
  }

  private func expectZipped(_ shape: [Int], _ visit: (_ entry: Int) -> Void) {
    let a = Fixture.uniform("batch/a", in: [-1, 1], shape: shape)
    let b = Fixture.uniform("batch/b", in: [-1, 1], shape: shape)
    let zipped = zipEntries(a, b) { entry, a, b in
      visit(entry)
      return Float(entry) + a - b
    }
    #expect(zipped.shape == shape)
    let expected = zip(a.scalars, b.scalars).enumerated().map { Float($0 / shape[1]) + $1.0 - $1.1 }
    #expect(zip(zipped.scalars, expected).allSatisfy { $0 == $1 })
  }

  /// Only the tensors that need a gradient get one, even an empty one between them.
  @Test func gradientsOfConcatenatedTensors() {
    let (a, b) = (
      Parameter(Tensor([1, 2], shape: [2, 1])), Parameter(Tensor([3], shape: [1, 1]))
    )
    let constant = Tensor([9], shape: [1, 1])
    let whole = concatenated([a.value, constant, a.value[0..<0], b.value, a.value])
    #expect(whole.scalars == [1, 2, 9, 3, 1, 2])
    (whole * Tensor([1, 2, 4, 8, 16, 32], shape: [6, 1])).sum().backward()
    #expect(a.gradient?.scalars == [17, 34])
    #expect(b.gradient?.scalars == [8])
    #expect(!concatenated([constant, constant]).needsGradient)
  }

  @Test func gradientsOfRepeatedEntriesAdd() {
    let x = Parameter(Tensor([1, 2, 3], shape: [3, 1]))
    (gathered([2, 0, 2], of: x.value) * Tensor([1, 2, 4], shape: [3, 1])).sum().backward()
    #expect(x.gradient?.scalars == [2, 0, 5])
    #expect(!gathered([0], of: x.value.detached).needsGradient)
  }

  /// Slices that overlap: d/dx (mean x₀² over one + mean (x₀, x₁)² over two + nothing of x₂).
  @Test func gradientsOfSlicesAdd() {
    let x = Parameter(Tensor([1, -2, 3], shape: [3, 1]))
    let first = meanSquaredError(x.value[0..<1], Tensor([0], shape: [1, 1]))
    let both = meanSquaredError(x.value[0..<2], Tensor([0, 0], shape: [2, 1]))
    (first + both).backward()
    #expect(x.gradient?.scalars == [3, -2, 0])
  }
}
