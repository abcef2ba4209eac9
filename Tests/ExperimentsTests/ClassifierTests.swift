import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch
import Testing

import Experiments

/// Weights that PyTorch wrote, and the logits that it computes with them (Fixtures/make_classifiers.py).
@Suite struct ClassifierTests {
  private struct Expected: Decodable {
    var pixels: [UInt8]
    var fastai: [Float]
    var paper: [Float]
  }

  private static func fixture(_ name: String) -> URL {
    Bundle.module.resourceURL!.appending(path: "Fixtures").appending(path: name)
  }

  private static func expected() throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(contentsOf: fixture("classifiers.json")))
  }

  private static func classifier(_ variant: String) throws -> Classifier {
    try Classifier(contentsOf: fixture("classifier-\(variant).safetensors"))
  }

  private static func logits(_ classifier: Classifier, _ pixels: [UInt8]) -> [Float] {
    let size = classifier.description.size
    let images = LabelledImages(
      height: size, width: size, channels: 3, pixels: pixels,
      labels: [UInt8](repeating: 0, count: pixels.count / (size * size * 3)))
    let x = images.tensor(0..<images.count, scaling: classifier.scaling)
    return withoutGradients { classifier.network(x, .evaluation).scalars }
  }

  /// The logits are at most 5 in size; single precision differs in the order of additions.
  @Test(arguments: NetworkVariant.allCases) func hasTheLogitsOfPyTorch(_ variant: NetworkVariant)
    throws
  {
    let expected = try Self.expected()
    let theirs = variant == .fastai ? expected.fastai : expected.paper
    let ours = Self.logits(try Self.classifier(variant.rawValue), expected.pixels)
    #expect(ours.count == theirs.count)
    let largest = zip(ours, theirs).map { abs($0 - $1) }.max()
    #expect(try #require(largest) < 2e-5)
  }

  @Test func keepsEverythingThroughItsFile() throws {
    let classifier = try Self.classifier("paper")
    #expect(classifier.description.classes == ["a", "b", "c"])
    #expect(classifier.description.network.variant == .paper)
    let again = try Classifier(SafeTensors(decoding: classifier.content.encoded()))
    #expect(again.description == classifier.description)
    let pixels = try Self.expected().pixels
    #expect(Self.logits(again, pixels) == Self.logits(classifier, pixels))
  }

  @Test func predictsEachPictureByItself() throws {
    let classifier = try Self.classifier("fastai")
    let pixels = try Self.expected().pixels
    let all = try classifier.predictions(for: pixels)
    #expect(all.shape == [5, 3])
    let second = try classifier.predictions(for: Array(pixels[768..<1536]))
    #expect(second.scalars == Array(all.scalars[3..<6]))
    #expect(abs(second.scalars.reduce(0, +) - 1) < 1e-5)
  }

  @Test func aPredictionThatIsNoNumberIsAnError() throws {
    var content = try Self.classifier("fastai").content
    let weights = try #require(content.tensors["head.weight"])
    content.tensors["head.weight"] = Tensor(
      weights.scalars.map { _ in Float.greatestFiniteMagnitude }, shape: weights.shape)
    let classifier = try Classifier(content)
    let error = #expect(throws: (any Error).self) {
      try classifier.predictions(for: Self.expected().pixels)
    }
    #expect("\(error!)".contains("a prediction is not a number"))
  }

  /// A change to a file's content, and the error that it causes.
  static let faults: [(change: @Sendable (inout SafeTensors) -> Void, line: String)] = [
    ({ $0.metadata = [:] }, "found no metadata \"classifier\""),
    ({ $0.metadata["classifier"] = "{}" }, "found other metadata \"classifier\" than expected"),
    ({ $0.tensors["head.bias"] = nil }, "found no tensor \"head.bias\""),
    ({ $0.tensors["extra"] = Tensor([1], shape: [1]) }, "found a tensor \"extra\""),
    (
      { $0.tensors["head.bias"] = Tensor([1, 2], shape: [2]) },
      "found the tensor \"head.bias\" of shape [2], expected [3]"
    ),
    (
      {
        $0.metadata["classifier"] = $0.metadata["classifier"]?.replacing(
          "\"size\":16", with: "\"size\":15")
      }, "found the size 15, expected a multiple of 4"
    ),
    (
      {
        $0.metadata["classifier"] = $0.metadata["classifier"]?.replacing(
          "\"a\",\"b\"", with: "\"a\",\"a\"")
      }, "found the classes [\"a\", \"a\", \"c\"], expected different names"
    ),
    // A network of 50 GB, which must not be made.
    (
      {
        $0.metadata["classifier"] = $0.metadata["classifier"]?
          .replacing("\"depth\":16", with: "\"depth\":10")
          .replacing("\"startChannels\":2", with: "\"startChannels\":99")
          .replacing("\"widenFactor\":2", with: "\"widenFactor\":100")
      }, "weights, expected at least "
    ),
  ]

  @Test(arguments: faults.indices) func namesAFaultInOneLine(_ index: Int) throws {
    var content = try Self.classifier("fastai").content
    Self.faults[index].change(&content)
    let error = #expect(throws: (any Error).self) { try Classifier(content) }
    #expect("\(error!)".contains(Self.faults[index].line), "\(error!)")
  }

  /// A short training of a small network, with an EMA of the weights.
  private static func spec(change: (inout Experiment) -> Void = { _ in }) -> TrainingSpec {
    var (experiment, method) = Experiment.mixMatch(.smoke)
    experiment.labels = 20
    experiment.validation = 0
    experiment.training.steps = 2
    experiment.training.evaluationCount = 1
    experiment.training.phases = [.init(share: 1, size: 32)]
    experiment.training.emaDecay = 0.5
    method.rampSteps = 4
    change(&experiment)
    return TrainingSpec("test", experiment, by: method)
  }

  /// A finished run's weights in a file give the predictions of the run.
  @Test func exportsATrainedNetwork() throws {
    let spec = Self.spec()
    let dataset = syntheticColourImages(trainCount: 60, testCount: 12, seed: 0)
    let training = try spec.experiment.makeTraining(by: spec.method, on: dataset, seed: 0)
    try training.run()
    let classifier = try Classifier(
      SafeTensors(decoding: Array(spec.weightsFile(of: training, on: dataset))))
    let predictions = try classifier.predictions(for: dataset.test.pixels).rowMaxima()
    let evaluation = try training.evaluateTest()
    #expect(predictions.map(\.index) == evaluation.classes)
    #expect(predictions.map(\.value) == evaluation.confidences)
  }

  /// Variant, classes and scaling are not in the names and shapes of the weights: the checkpoint describes them.
  @Test func exportsACheckpoint() throws {
    let spec = Self.spec {
      $0.network.variant = .paper
      $0.scaling = .measured
    }
    let dataset = syntheticColourImages(trainCount: 60, testCount: 12, seed: 0)
    // A signal interrupts the run after its first step.
    let chapter = try TestChapter(signal: 15)
    defer { chapter.remove() }
    let status = chapter.run { run in
      _ = try run.stage("test", on: dataset) { progress in
        _ = try spec.train(on: dataset, seed: 0, progress: progress)
        return 0
      }
    }
    #expect(status == 128 + 15)
    let folder = chapter.root.appending(path: "figures/cache/test/short")
    let name = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .first { $0.hasSuffix(".checkpoint") }
    let classifier = try Classifier(
      Checkpoint(contentsOf: folder.appending(path: try #require(name))))

    let training = try spec.experiment.makeTraining(by: spec.method, on: dataset, seed: 0)
    try training.run(until: 1)
    let expected = try Classifier(
      SafeTensors(decoding: Array(spec.weightsFile(of: training, on: dataset))))
    #expect(classifier.description.network.variant == .paper)
    #expect(classifier.description.mean == PixelScaling(of: dataset.train).mean)
    #expect(classifier.description.origin.hasSuffix(", step 1 of 2"))
    var description = classifier.description
    description.origin = expected.description.origin
    #expect(description == expected.description)
    #expect(
      classifier.network.pyTorchState().mapValues(\.scalars)
        == expected.network.pyTorchState().mapValues(\.scalars))
  }

  /// With all labels, the number of labels and the steps of 30 epochs follow from the data set. A given number of
  /// labels stays, even if it is that of CIFAR-10.
  @Test func allLabelsAreThoseOfTheDataSet() throws {
    let images = LabelledImages(
      height: 32, width: 32, channels: 3, pixels: [UInt8](repeating: 9, count: 1000 * 3072),
      labels: [UInt8](repeating: 0, count: 1000))
    let dataset = ImageDataset(
      name: "small", classNames: ["a", "b"], train: images, test: images.prefix(1))
    let all = TrainingSpec.allLabels(.short)
    #expect(all.experiment.labels == 50_000 && all.experiment.training.steps == 30 * 781)
    let fitted = all.fitted(to: dataset, from: .svhn).experiment
    #expect(fitted.labels == 1000 && fitted.training.steps == 30 * 15)
    var (experiment, method) = Experiment.mixMatch(.short)
    experiment.labels = 50_000
    let given = TrainingSpec("MixMatch", experiment, by: method)
    let fittedToo = given.fitted(to: dataset, from: .svhn).experiment
    #expect(fittedToo.labels == 50_000)
    #expect(fittedToo.training.steps == given.experiment.training.steps)

    #expect(TrainingSpec.allLabels(.article).experiment.training.steps == 100 * 390)
    #expect(TrainingSpec.allLabels(.overnight).experiment.training.steps == 60 * 781)
    #expect(TrainingSpec.allLabels(.smoke).experiment.training.steps == 40)
    // The recorded inputs stay what they are.
    guard case .object(let coded) = try JSONValue(describing: all) else {
      Issue.record("A specification is encoded as an object.")
      return
    }
    #expect(Set(coded.keys) == ["name", "experiment", "method"])
  }

  @Test func fitsOtherDataSets() throws {
    var experiment = Experiment.mixMatch(.short).experiment
    let pixels = [UInt8](repeating: 9, count: 96 * 96 * 3)
    let images = LabelledImages(height: 96, width: 96, channels: 3, pixels: pixels, labels: [0])
    let dataset = ImageDataset(name: "large", classNames: ["a", "b"], train: images, test: images)
    experiment.fit(to: dataset)
    #expect(experiment.training.phases.map(\.size) == [48, 72, 96])
    #expect(experiment.pixelScaling(of: dataset).deviation == [1, 1, 1])
    let spec = TrainingSpec("MixMatch", experiment, by: MixMatchStep())
    #expect(spec.fitted(to: dataset, from: .cifar10).name == "MixMatch")
    #expect(spec.fitted(to: dataset, from: .stl10).name == "MixMatch stl10")
  }
}
