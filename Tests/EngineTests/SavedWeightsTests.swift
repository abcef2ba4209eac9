import Engine
import Foundation
import Testing

/// Files of weights.
@Suite struct SavedWeightsTests {
  private let folder = URL.temporaryDirectory.appending(path: "weights-\(UUID())")
  private var file: URL { folder.appending(path: "network.safetensors") }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func removeFolder() { try? FileManager.default.removeItem(at: folder) }

  private func makeNetwork(seed: UInt64, outputs: Int = 3) -> Sequential {
    var random = RandomStream(seed: seed, "saved weights")
    let network = Sequential(
      Conv2d(inputChannels: 3, outputChannels: 4, kernelSize: 3, random: &random),
      BatchNorm(channels: 4), GlobalAveragePool(),
      Linear(inputs: 4, outputs: outputs, random: &random))
    _ = network(.uniform(in: -1..<1, shape: [2, 5, 5, 3], random: &random), .training)
    return network
  }

  @Test func everyBitComesBack() throws {
    defer { removeFolder() }
    let (network, other) = (makeNetwork(seed: 1), makeNetwork(seed: 2))
    // The smallest number above 0.
    network.parameters[0].parameter.value = Tensor(
      repeating: Float(bitPattern: 1), shape: [3, 3, 3, 4])
    #expect(other.fingerprint != network.fingerprint)
    try network.save(to: file)
    try other.load(from: file)
    #expect(other.fingerprint == network.fingerprint)
    #expect(other.parameters[0].parameter.value.needsGradient)
    // An existing file is replaced.
    try makeNetwork(seed: 3).save(to: file)
    try other.load(from: file)
    #expect(other.fingerprint == makeNetwork(seed: 3).fingerprint)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  /// Whatever is wrong with the file, one line names the file and the network stays as it was.
  private func expectRefusal(
    _ reason: String, by network: Sequential? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let network = network ?? makeNetwork(seed: 2)
    let before = network.fingerprint
    let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
      try network.load(from: file)
    }
    let line = error.map { "\($0)" } ?? ""
    #expect(
      line.contains("network.safetensors: ") && line.contains(reason) && !line.contains("\n"),
      "\(line)", sourceLocation: sourceLocation)
    #expect(network.fingerprint == before, sourceLocation: sourceLocation)
  }

  @Test func fileOfAnotherNetwork() throws {
    defer { removeFolder() }
    try makeNetwork(seed: 1).save(to: file)
    expectRefusal(
      "found the tensor \"3.weight\" of shape [3, 4], expected [5, 4]",
      by: makeNetwork(seed: 2, outputs: 5))
    expectRefusal(
      "found a tensor \"0.bias\", which no layer of the network has", by: Sequential(ReLU()))
  }

  @Test func negativeVariance() throws {
    defer { removeFolder() }
    let network = makeNetwork(seed: 1)
    let norm = try #require(network.buffers.first?.buffer as? RunningStatistics)
    norm.moments = ChannelMoments(
      mean: norm.moments.mean, variance: Tensor([1, 2, -3, 4], shape: [4]))
    try network.save(to: file)
    expectRefusal(
      "found the tensor \"1.running_var\" with the variance -3.0, expected at least 0")
  }

  @Test func missingFile() {
    defer { removeFolder() }
    expectRefusal("cannot be read")
  }

  @Test func anEmptyTensorIsNotWritten() {
    defer { removeFolder() }
    let tensors = SafeTensors(tensors: ["a": Tensor([Float](), shape: [2, 0])], metadata: [:])
    let error = #expect(throws: SnapshotError.self) { try tensors.write(to: file) }
    #expect(
      error?.description.hasSuffix(
        "cannot be written (found the tensor \"a\" of shape [2, 0], expected no axis of length 0)")
        == true)
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  /// A reader would take the first for the metadata, and leave out the second.
  @Test(arguments: ["__metadata__", "0.num_batches_tracked"])
  func aTensorWithANameOfTheFormatIsNotWritten(name: String) {
    let tensors = SafeTensors(tensors: [name: Tensor([1], shape: [1])], metadata: [:])
    let error = #expect(throws: SnapshotError.self) { try tensors.encoded() }
    #expect(
      error?.description
        == "cannot be written (found a tensor called \"\(name)\", expected another name than "
        + "__metadata__, and none that ends in num_batches_tracked)")
  }

  @Test func aValueThatIsNotFiniteIsNotWritten() throws {
    defer { removeFolder() }
    let network = makeNetwork(seed: 1)
    try network.save(to: file)
    network.parameters[0].parameter.value = Tensor(repeating: .nan, shape: [3, 3, 3, 4])
    let error = #expect(throws: SnapshotError.self) { try network.save(to: file) }
    #expect(
      error?.description.hasSuffix(
        "network.safetensors: cannot be written (found the tensor \"0.weight\" with a value that is "
          + "not finite)") == true)
    // The file is still the earlier one.
    try network.load(from: file)
  }

  @Test func anotherKindOfFile() throws {
    defer { removeFolder() }
    for content in [
      [], Array("PK\u{3}\u{4}".utf8), Snapshot(of: makeNetwork(seed: 1).state).encoded(),
    ] {
      try Data(content).write(to: file)
      expectRefusal("expected a complete safetensors file")
    }
  }

  /// Cut at any length, or extended.
  @Test func incompleteFile() throws {
    defer { removeFolder() }
    let network = makeNetwork(seed: 1)
    try network.save(to: file)
    let whole = try [UInt8](Data(contentsOf: file))
    for content in [0, 7, 8, 100, whole.count / 2, whole.count - 1].map({ Array(whole[..<$0]) })
      + [whole + [0]]
    {
      try Data(content).write(to: file)
      expectRefusal("expected ", by: network)
    }
  }
}
