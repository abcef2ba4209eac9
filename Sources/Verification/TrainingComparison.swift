import ChapterKit
import Engine
import Files
import Foundation

/// A recorded training run: what `make verify` needs of the file in results/trainings.
package struct RecordedTraining {
  /// The chapters whose tables are made from recorded training runs.
  package static let tables: [ChapterName] = [
    5, "ablations", "labels", "mixing", "night", "search",
  ]

  /// The name of the file, without extension.
  package let file: String
  /// The name of the training run, such as "MixMatch, short, seed 0".
  package let name: String
  /// The name of its specification in the form of the argument of `--training`; on another data set than CIFAR-10 it
  /// ends with that of the data set.
  private let specification: String
  /// The preset and the seed in its name.
  package let preset: String
  package let seed: Int
  /// The SHA-256 of its data set.
  let dataset: String
  let inputs: JSONValue
  /// The result, with learning curve and accuracies.
  let value: JSONValue
  /// The fingerprints; nil in older records.
  let fingerprints: WeightFingerprints?

  /// The recorded training runs in `directory`, in the order of their names.
  ///
  /// - Throws: An error that names a file that is not a recorded training run.
  package static func all(in directory: URL) throws -> [RecordedTraining] {
    try OutputDirectory(directory).names(in: ".").filter { $0.hasSuffix(".json") }.map {
      try RecordedTraining(directory.appending(path: $0))
    }
  }

  private init(_ file: URL) throws {
    let expected = "the record of a training run"
    let record = try SealedJSON.load(
      TrainingRecord<JSONValue>.self, from: file, expecting: expected, remedy: "remove it")
    guard let record, case .object(let values) = record.value,
      let match = record.stage.name.wholeMatch(of: /(.+), (\w+), seed ([0-9]+)/),
      let seed = Int(match.3), validSeeds.contains(seed)
    else { throw Failure("\(file.shortPath): found other content, expected \(expected)") }
    self.file = file.deletingPathExtension().lastPathComponent
    (name, dataset) = (record.stage.name, record.dataset.sha256)
    (inputs, value) = (record.inputs, record.value)
    specification = fileNamePart(of: String(match.1))
    (preset, self.seed) = (String(match.2), seed)
    do {
      fingerprints = try values["fingerprints"].map {
        try JSON.decode(WeightFingerprints.self, from: JSON.encode($0))
      }
    } catch {
      throw Failure("\(file.shortPath): found other content as fingerprints, expected \(expected)")
    }
  }

  /// The argument of `--training` with which the program of `record`, a table made from this training run, repeats it.
  package func argument(for record: RunRecord) -> String {
    // The option --dataset appends the data set to the names of the specifications.
    guard let dataset = record.ownOptions["dataset"], specification.hasSuffix("-\(dataset)") else {
      return specification
    }
    return String(specification.dropLast(dataset.count + 1))
  }

  /// Compares the first steps of a repetition, which `records` of chapters contain.
  package func finding(in records: [RunRecord]) -> Finding {
    func finding(_ outcome: Outcome, _ detail: String) -> Finding {
      Finding("trainings", file, outcome, detail)
    }
    let stage = nameOfFirstSteps(of: name)
    guard let record = records.first(where: { $0.fingerprints?[stage] != nil }),
      let taken = record.fingerprints?[stage]
    else { return finding(.notCompared, "no row of a chapter has this training run") }
    if let dataset = record.dataset, dataset.sha256 != self.dataset {
      return finding(
        .differs, "its data set \(self.dataset.prefix(8)), now \(dataset.sha256.prefix(8))")
    }
    if case .object(let all) = record.settings,
      let other = differences(inputs, all[name] ?? .null).first
    {
      return finding(.differs, "its settings: \(other.path) is \(other.a), now \(other.b)")
    }
    guard let fingerprints else { return finding(.notCompared, "recorded without fingerprints") }
    return fingerprints.finding("trainings", file, repeatedAs: taken)
  }

  /// Compares the whole repetition in a file of the same name in `directory`.
  package func finding(repeatedIn directory: URL) throws -> Finding {
    let file = directory.appending(path: "\(self.file).json")
    guard let data = try readFileIfPresent(at: file), !data.isEmpty else {
      return Finding("trainings", self.file, .notCompared, "not repeated")
    }
    return finding(repeatedAs: try RecordedTraining(file))
  }

  /// Compares the whole training run with its repetition.
  func finding(repeatedAs other: RecordedTraining) -> Finding {
    guard other.dataset == dataset else {
      return Finding("trainings", file, .differs, "the data set")
    }
    let found = differences(value, other.value)
    return found.first.map {
      Finding(
        "trainings", file, .differs,
        "\(found.count) values, first \($0.path): \($0.a), now \($0.b)")
    } ?? Finding("trainings", file, .identical, "all steps")
  }
}

extension WeightFingerprints {
  /// Compares the weights of a training run with those of its repetition, after the steps that both have fingerprints of.
  ///
  /// - Parameters:
  ///   - record: The name of the record that the finding is about.
  ///   - item: The name of the training run.
  ///   - other: The fingerprints of the repetition.
  func finding(_ record: String, _ item: String, repeatedAs other: WeightFingerprints) -> Finding {
    let shared = entries.compactMap { entry in
      other.entries.first { $0.step == entry.step }.map {
        (step: entry.step, isEqual: $0.weights == entry.weights)
      }
    }
    guard let last = shared.last else {
      return Finding(record, item, .notCompared, "no step in common")
    }
    if let first = shared.first(where: { !$0.isEqual }) {
      return Finding(record, item, .differs, "the weights after step \(first.step)")
    }
    return Finding(record, item, .identical, "the weights after \(last.step) of its steps")
  }
}
