import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import MixMatch

/// A trained network with everything that its predictions need: classes, picture size and pixel scaling.
///
/// Its file is in the safetensors format. The tensors have the names and layouts of a PyTorch module
/// (`Module.pyTorchState()`), and the metadata contain the rest as JSON texts, under these names:
///
/// - "format": "pt", for readers that expect PyTorch's layout
/// - "classifier": the ``Description``
public struct Classifier {
  /// The network.
  public let network: WideResNet
  /// The classes, the size and the scaling.
  public let description: Description

  /// The data of a classifier besides its weights.
  public struct Description: Codable, Sendable, Equatable {
    /// The names of the classes, in the order of the network's outputs.
    public var classes: [String]
    /// The height and width of the images that the network was trained on, in pixels.
    public var size: Int
    /// The mean of each channel, on the scale from 0 to 1: x ← (x/255 − mean) / deviation.
    public var mean: [Float]
    /// The standard deviation of each channel, on the same scale.
    public var deviation: [Float]
    /// The size of the network and the form of its blocks.
    public var network: NetworkSettings
    /// The data that it was trained on, and how, in words.
    public var origin: String

    /// A description.
    public init(
      classes: [String], size: Int, scaling: PixelScaling, network: NetworkSettings, origin: String
    ) {
      (self.classes, self.size, self.network, self.origin) = (classes, size, network, origin)
      (mean, deviation) = (scaling.mean, scaling.deviation)
    }
  }

  /// A classifier of a network for images of three channels.
  public init(_ network: WideResNet, _ description: Description) {
    (self.network, self.description) = (network, description)
  }

  /// Reads a classifier that ``content`` or a program of this package wrote.
  ///
  /// - Throws: An error in one line that names the file if it is not such a file.
  public init(contentsOf file: URL) throws {
    let content = try SafeTensors(contentsOf: file)
    do {
      try self.init(content)
    } catch {
      throw Failure("\(file.shortPath): \(error)")
    }
  }

  /// Creates a classifier from the content of a file.
  ///
  /// - Throws: An error described in one line if the description or a tensor is missing or does not fit.
  public init(_ content: SafeTensors) throws {
    guard let text = content.metadata[descriptionName] else {
      throw Failure(
        "found no metadata \"\(descriptionName)\", expected weights that make own, chapter 4 or export-weights wrote"
      )
    }
    guard let description = try? JSON.decode(Description.self, from: Data(text.utf8))
    else {
      throw Failure(
        "found other metadata \"\(descriptionName)\" than expected: classes, size, mean, deviation, network "
          + "and origin")
    }
    try self.init(description, from: content.tensors) {
      try $0.load(pyTorchState: content.tensors)
    }
  }

  /// Creates a classifier from a checkpoint of a training run; the network has the EMA of the weights if there is
  /// one.
  ///
  /// - Throws: An error described in one line if the checkpoint has no description of a network, or if its weights
  ///   do not fit the description.
  package init(_ checkpoint: Checkpoint) throws {
    let origin = checkpoint.origin
    guard let encoded = origin.description,
      var description = try? JSON.decode(Description.self, from: JSON.encode(encoded))
    else {
      throw Failure(
        "found a checkpoint without the description of a network, expected one that a training run on CIFAR-10, or "
          + "of make own, has saved with this version")
    }
    description.origin += ", step \(origin.step) of \(origin.steps)"
    let trainer = checkpoint.snapshot.part(under: "training.trainer")
    let ema = trainer.part(under: "average")
    let weights = ema.tensors.isEmpty ? trainer.part(under: "network") : ema
    try self.init(description, from: weights.tensors) { try weights.restore($0.state) }
  }

  /// Creates a classifier whose network `load` fills with the weights in `tensors`.
  ///
  /// A network is made only if there are enough weights for it: one that a damaged description makes too large
  /// might not fit the memory.
  private init(
    _ description: Description, from tensors: [String: Tensor],
    load: (WideResNet) throws -> Void
  ) throws {
    try description.check()
    let found = tensors.values.reduce(0) { $0 + $1.count }
    let needed = description.network.filterElementCount
    guard found >= needed else {
      throw Failure(
        "found \(found) weights, expected at least \(needed) for its network of depth "
          + "\(description.network.depth)")
    }
    let network = description.network.make(seed: 0, classes: description.classes.count)
    try load(network)
    self.init(network, description)
  }

  /// The content of the classifier's file.
  public var content: SafeTensors {
    guard let text = try? JSON.encode(description) else {
      fatalError("A description of a classifier cannot be written as JSON.")
    }
    return SafeTensors(
      tensors: network.pyTorchState(),
      metadata: ["format": "pt", descriptionName: String(decoding: text, as: UTF8.self)])
  }

  /// The normalisation of pixel values.
  public var scaling: PixelScaling {
    PixelScaling(mean: description.mean, deviation: description.deviation)
  }

  /// The probability of each class for pictures, (N, classes); the result does not depend on the others of the
  /// call.
  ///
  /// - Parameter pixels: The bytes of at least one picture (N, size, size, 3), otherwise the process ends with a message.
  /// - Throws: An error in one line if a prediction is not a number, because the weights are too large.
  public func predictions(for pixels: [UInt8]) throws -> Tensor {
    let size = description.size
    let (count, rest) = pixels.count.quotientAndRemainder(dividingBy: size * size * 3)
    require(
      count > 0 && rest == 0,
      "Pictures of \(size)×\(size) pixels in 3 channels cannot have \(pixels.count) bytes.")
    let images = LabelledImages(
      height: size, width: size, channels: 3, pixels: pixels,
      labels: [UInt8](repeating: 0, count: count))
    let scaling = scaling
    let predictions = predict(network, count: count) { images.tensor($0, scaling: scaling) }
    guard predictions.scalars.allSatisfy(\.isFinite) else {
      throw Failure(
        "found weights with which a prediction is not a number, expected those of a trained network"
      )
    }
    return predictions
  }
}

extension Classifier.Description {
  /// Throws if a value cannot be that of a trained network.
  fileprivate func check() throws {
    func unless(_ condition: Bool, _ found: String, _ expected: String) throws {
      if !condition { throw Failure("found \(found), expected \(expected)") }
    }
    try unless((2...256).contains(classes.count), "\(classes.count) classes", "2 to 256")
    try unless(
      Set(classes).count == classes.count
        && classes.allSatisfy { !$0.isEmpty && !$0.contains { $0.isNewline || $0 == "\t" } },
      "the classes \(classes)", "different names of one line, without tabs")
    try unless(
      (4...256).contains(size) && size % 4 == 0, "the size \(size)", "a multiple of 4 up to 256")
    try unless(
      mean.count == 3 && deviation.count == 3
        && (mean + deviation).allSatisfy { $0.isFinite && abs($0) < 1e6 }
        && deviation.allSatisfy { $0 > 1e-6 },
      "the means \(mean) and deviations \(deviation)", "three of each, deviations above 0")
    try unless(
      (10...1000).contains(network.depth) && network.depth % 6 == 4
        && (1...100).contains(network.widenFactor) && (1...1000).contains(network.startChannels)
        && network.depth * network.widenFactor * network.startChannels < 100_000,
      "a network of depth \(network.depth), widening factor \(network.widenFactor) and "
        + "\(network.startChannels) channels at the start",
      "a depth of 6·n + 4 and moderate widths")
  }
}

extension NetworkSettings {
  /// The number of elements of the 3×3 filters, which are nearly all of the network's parameters.
  fileprivate var filterElementCount: Int {
    // Each block has two convolutions.
    let convolutions = 2 * (depth - 4) / 6
    var inputs = startChannels
    var count = 9 * 3 * startChannels
    for group in 0..<3 {
      let outputs = startChannels * widenFactor << group
      count += 9 * (inputs + (convolutions - 1) * outputs) * outputs
      inputs = outputs
    }
    return count
  }
}

/// The name of the description in the metadata.
private let descriptionName = "classifier"
