import Engine
import Testing

/// Saving and restoring the state of a training run.
@Suite struct SnapshotTests {
  /// State of every kind, with Floats that arithmetic would not leave as they are.
  private final class Odds: Resumable {
    var tensor = Tensor(
      [
        -0.0, .infinity, -.leastNonzeroMagnitude, Float(bitPattern: 0x7FC1_2345),
        Float(bitPattern: 0xFFA0_0001), 1 / 3,
      ], shape: [2, 1, 3])
    var scalar = Tensor([42], shape: [])
    var count = Int.min
    var text = Array("é".utf8)

    var state: [NamedState] {
      [
        .tensor("tensor", get: { self.tensor }, set: { self.tensor = $0 }),
        .tensor("scalar", get: { self.scalar }, set: { self.scalar = $0 }),
        .number("zähler", get: { self.count }, set: { self.count = $0 }),
        .bytes("text", get: { self.text }, set: { self.text = $0 }),
      ]
    }

    func forget() {
      tensor = Tensor(repeating: 0, shape: tensor.shape)
      (scalar, count, text) = (Tensor([0], shape: []), 0, [])
    }
  }

  @Test func everyBitComesBack() throws {
    let (odds, untouched) = (Odds(), Odds())
    let bytes = Snapshot(of: odds.state).encoded()
    odds.forget()
    try Snapshot(decoding: bytes).restore(odds.state)
    #expect(
      odds.tensor.scalars.map(\.bitPattern) == untouched.tensor.scalars.map(\.bitPattern))
    #expect(odds.tensor.shape == [2, 1, 3])
    #expect(odds.scalar.scalar == 42 && odds.scalar.shape == [])
    #expect(odds.count == .min && odds.text == untouched.text)
    #expect(Snapshot(of: odds.state).encoded() == bytes)
  }

  /// In the order of a `String`, é comes after f in both of its forms.
  @Test func namesAreSortedByTheirBytes() {
    let names = ["f", "e\u{301}"]
    let state = names.map { NamedState.number($0, get: { 0 }, set: { _ in }) }
    let bytes = Snapshot(of: state).encoded()
    let places = names.map { name in
      bytes.indices.first { bytes[$0...].starts(with: name.utf8) }!
    }
    #expect(places[1] < places[0])
  }

  /// A training that ends after any of its steps and goes on in another network, which began with
  /// other numbers.
  @Test func anInterruptedTrainingEndsWithTheSameBits() throws {
    let run = try Fixture.training().network
    let whole = SmallNetwork(run)
    let losses = whole.train(0..<run.steps)
    let end = Snapshot(of: whole.state).encoded()
    for step in 0...run.steps {
      let first = SmallNetwork(run)
      let before = first.train(0..<step)
      let snapshot = Snapshot(of: first.state)
      // What the first one does from here on must not reach the snapshot.
      _ = first.train(step..<run.steps)
      let second = SmallNetwork(run)
      _ = second.train(0..<2)
      try Snapshot(decoding: snapshot.encoded()).restore(second.state)
      #expect(before + second.train(step..<run.steps) == losses, "interrupted after step \(step)")
      #expect(Snapshot(of: second.state).encoded() == end, "interrupted after step \(step)")
    }
  }

  /// What has come back from bytes may be restored again, whatever was trained in between.
  @Test func aSnapshotIsNotChangedByTheTrainingThatWasRestored() throws {
    let network = SmallNetwork(try Fixture.training().network)
    _ = network.train(0..<3)
    let snapshot = Snapshot(of: network.state)
    let bytes = snapshot.encoded()
    try snapshot.restore(network.state)
    _ = network.train(3..<6)
    #expect(snapshot.encoded() == bytes)
  }

  @Test func stateThatDoesNotFitIsNamedAndNothingIsChanged() throws {
    let odds = Odds()
    let snapshot = Snapshot(of: odds.state)
    func complaint(_ state: [NamedState]) -> String? {
      #expect(throws: SnapshotError.self) { try snapshot.restore(state) }?.description
    }
    odds.forget()
    let other = Tensor([1, 2], shape: [2])
    let rest = Array(odds.state.dropFirst())
    #expect(
      complaint(rest) == "found the state \"tensor\", which this training run does not have")
    #expect(
      complaint(odds.state + [.number("step", get: { 0 }, set: { _ in })])
        == "found no state \"step\", expected a whole number")
    #expect(
      complaint(rest + [.tensor("tensor", get: { other }, set: { _ in })])
        == "found a tensor of shape [2, 1, 3] as state \"tensor\", "
        + "expected a tensor of shape [2]")
    #expect(odds.count == 0 && odds.text.isEmpty && odds.scalar.scalar == 0)
  }

  /// The refusal comes after the other pieces of state have been replaced.
  @Test func bytesThatCannotBeDecodedAreNamedAndNothingIsChanged() throws {
    let (odds, texts, numbers) = (Odds(), ResumableValue(["a"]), ResumableValue([7]))
    let snapshot = Snapshot(of: odds.state + texts.state(under: "last"))
    odds.forget()
    let state = odds.state + numbers.state(under: "last")
    let before = Snapshot(of: state).encoded()
    let error = #expect(throws: SnapshotError.self) { try snapshot.restore(state) }
    let line = try #require(error?.description)
    #expect(line.hasPrefix("found bytes that cannot be decoded as state \"last.value\""))
    #expect(!line.contains("\n"))
    #expect(Snapshot(of: state).encoded() == before)
    #expect(odds.count == 0 && odds.scalar.scalar == 0 && numbers.value == [7])
  }

  @Test func damagedBytesAreRefused() throws {
    let bytes = Snapshot(of: Odds().state).encoded()
    for count in bytes.indices {
      #expect(throws: SnapshotError.self) { try Snapshot(decoding: Array(bytes[..<count])) }
    }
    #expect(throws: SnapshotError.self) { try Snapshot(decoding: bytes + [0]) }
    for place in bytes.indices {
      var flipped = bytes
      flipped[place] ^= 0x80
      #expect(throws: SnapshotError.self, "byte \(place)") { try Snapshot(decoding: flipped) }
    }
    var newer = bytes
    newer[8] = 3
    let error = #expect(throws: SnapshotError.self) { try Snapshot(decoding: newer) }
    #expect(error?.description == "found a snapshot of version 3, expected version 2")
  }
}
