import Engine
import Foundation
import Testing

/// The safetensors format, and PyTorch's names and layouts. ClassifierTests compares whole networks with PyTorch.
@Suite struct SafeTensorsTests {
  private let content = SafeTensors(
    tensors: [
      "a": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), "b": Tensor([-0.5], shape: [1]),
    ],
    metadata: ["format": "pt", "classes": "[\"ä\"]"])

  @Test func encodesAndDecodes() throws {
    let bytes = try content.encoded()
    let length = Int(bytes[0]) + 256 * Int(bytes[1])
    #expect((8 + length) % 8 == 0 && bytes.count == 8 + length + 28)
    // The elements are little-endian and in row-major order, by the names of the tensors.
    #expect(Array(bytes.suffix(28).prefix(8)) == [0, 0, 128, 63, 0, 0, 0, 64])
    let again = try SafeTensors(decoding: bytes)
    #expect(again.metadata == content.metadata)
    #expect(
      again.tensors["a"]?.shape == [2, 3] && again.tensors["a"]?.scalars == [1, 2, 3, 4, 5, 6])
    #expect(again.tensors["b"]?.scalars == [-0.5])
    #expect(try again.encoded() == bytes)
  }

  /// PyTorch stores the counter of its batch norm as a 64-bit integer without dimensions.
  @Test func leavesOutTheCounterOfBatches() throws {
    let bytes = Self.file(
      "{\"norm.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
        + "\"norm.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
      [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63])
    #expect(try SafeTensors(decoding: bytes).tensors.mapValues(\.scalars) == ["norm.weight": [1]])
  }

  /// A file with a JSON header and elements.
  private static func file(_ header: String, _ elements: [UInt8] = []) -> [UInt8] {
    unsafe withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { unsafe Array($0) }
      + Array(header.utf8)
      + elements
  }

  static let faults: [(bytes: [UInt8], line: String)] = [
    ([], "found 0 bytes"),
    ([255, 255, 255, 255, 255, 255, 255, 255], "found a header of 18446744073709551615 bytes"),
    (file("[1, 2]"), "found a header that is no JSON object"),
    (
      file("{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}}", [0, 0]),
      "of type F16, expected F32"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]),
      "found the tensor \"a\" of shape [2]"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", [0, 0, 0, 0]),
      "found the tensor \"a\""
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}"),
      "found the tensor \"a\""
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}"),
      "found the tensor \"a\""
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", [0, 0, 0, 0]),
      "found the tensor \"a\" at the bytes [0, 4, 4]"
    ),
    (
      file(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        [UInt8](repeating: 0, count: 12)),
      "found the tensor \"b\" at the byte 4, expected 8"
    ),
    (
      file(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
          + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        [UInt8](repeating: 0, count: 12)),
      "found the tensor \"a\" at the byte 8, expected 4"
    ),
    (
      file("{\"num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}"),
      "found the tensor \"num_batches_tracked\" at the bytes [0, 8], expected a range within the 0"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", [0, 0, 192, 127]),
      "a value that is not finite"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", [0, 0, 0, 0, 1]),
      "found 5 bytes of elements where the header lists 4"
    ),
  ]

  @Test(arguments: faults.indices) func namesAFaultInOneLine(_ index: Int) {
    let (bytes, line) = Self.faults[index]
    let error = #expect(throws: SnapshotError.self) { try SafeTensors(decoding: bytes) }
    #expect(error?.description.contains(line) == true, "\(error!)")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func namesTheFile() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try content.write(to: file)
    #expect(try SafeTensors(contentsOf: file).metadata == content.metadata)
    try Data([1, 2]).write(to: file)
    let error = #expect(throws: SnapshotError.self) { try SafeTensors(contentsOf: file) }
    #expect(error?.description.contains(file.lastPathComponent) == true)
  }

  @Test func hasPyTorchsNamesAndLayouts() throws {
    var random = RandomStream(seed: 0, "layouts")
    let network = Sequential(
      Conv2d(inputChannels: 2, outputChannels: 3, kernelSize: 3, random: &random),
      BatchNorm(channels: 3), GlobalAveragePool(), Linear(inputs: 3, outputs: 4, random: &random))
    let state = network.pyTorchState()
    let shapes: [String: [Int]] = [
      "0.weight": [3, 2, 3, 3], "0.bias": [3], "1.weight": [3], "1.bias": [3],
      "1.running_mean": [3], "1.running_var": [3], "3.weight": [4, 3], "3.bias": [4],
    ]
    #expect(state.mapValues(\.shape) == shapes)
    let filters = try #require(network.parameters.first { $0.name == "0.weights" }).parameter.value
    // Ours (row, column, input, output) = (1, 2, 1, 2) of (3, 3, 2, 3) is element ((1·3 + 2)·2 + 1)·3 + 2; PyTorch's
    // (output, input, row, column) of (3, 2, 3, 3) is ((2·2 + 1)·3 + 1)·3 + 2.
    let ours = filters.scalars[35]
    let theirs = try #require(state["0.weight"]).scalars[50]
    #expect(ours == theirs)

    var other = RandomStream(seed: 1, "layouts")
    let copy = Sequential(
      Conv2d(inputChannels: 2, outputChannels: 3, kernelSize: 3, random: &other),
      BatchNorm(channels: 3), GlobalAveragePool(), Linear(inputs: 3, outputs: 4, random: &other))
    var loaded = state
    loaded["1.num_batches_tracked"] = Tensor([7], shape: [1])
    try copy.load(pyTorchState: loaded)
    #expect(Snapshot(of: copy.state).encoded() == Snapshot(of: network.state).encoded())
  }

  /// Its square root would make all predictions NaN.
  @Test func aNegativeVarianceIsRefused() throws {
    let network = Sequential(BatchNorm(channels: 2))
    let before = Snapshot(of: network.state).encoded()
    var state = network.pyTorchState()
    state["0.running_var"] = Tensor([1, -0.5], shape: [2])
    let error = #expect(throws: SnapshotError.self) { try network.load(pyTorchState: state) }
    #expect(
      error?.description
        == "found the tensor \"0.running_var\" with the variance -0.5, expected at least 0")
    #expect(Snapshot(of: network.state).encoded() == before)
    state["0.running_var"] = Tensor([1, 0], shape: [2])
    state["0.running_mean"] = Tensor([-1, 0], shape: [2])
    try network.load(pyTorchState: state)
  }

  /// The names in a layer by itself, which have no full stop.
  @Test func singleLayersHavePyTorchsNames() throws {
    var random = RandomStream(seed: 0, "single layers")
    let linear = Linear(inputs: 3, outputs: 4, random: &random)
    #expect(linear.pyTorchState().mapValues(\.shape) == ["weight": [4, 3], "bias": [4]])
    let convolution = Conv2d(inputChannels: 2, outputChannels: 3, kernelSize: 3, random: &random)
    #expect(
      convolution.pyTorchState().mapValues(\.shape) == ["weight": [3, 2, 3, 3], "bias": [3]])
    let norm = BatchNorm(channels: 3)
    #expect(
      norm.pyTorchState().mapValues(\.shape)
        == ["weight": [3], "bias": [3], "running_mean": [3], "running_var": [3]])

    let copy = Linear(inputs: 3, outputs: 4, random: &random)
    try copy.load(pyTorchState: linear.pyTorchState())
    #expect(Snapshot(of: copy.state).encoded() == Snapshot(of: linear.state).encoded())
  }
}
