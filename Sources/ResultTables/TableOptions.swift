import ChapterKit
import Experiments
import Foundation

/// The option that names a data set in place of CIFAR-10.
public let datasetOption = CommandLineOption(
  "dataset", .oneOf(DatasetSource.colour, named: \.key), default: .cifar10, "the data set")

/// The option that adds distribution alignment to MixMatch, as `MixMatchStep.alignment` does.
public let alignmentOption = CommandLineOption(
  flag: "alignment",
  "scale MixMatch's guesses so that each class is guessed as often as it occurs among the labels")

/// The option that names a folder of recorded training runs.
public let recordedTrainings = CommandLineOption(
  "recorded", .existingDirectory, "folder of recorded training runs, which are not run again"
).withoutEffectOnResults()

/// The option to use recorded training runs only.
public let onlyRecorded = CommandLineOption(
  flag: "only-recorded", "start no training; rows without a recorded run stay empty"
).withoutEffectOnResults()

/// The option to print the training runs as commands, for GNU parallel or a cluster.
public let listTrainings = CommandLineOption(
  flag: "list", "print the command of each training run, one per line, and exit"
).withoutRecord()

/// The option to carry out one training run of the program only.
public let onlyTraining = CommandLineOption(
  "training", .text("NAME", expecting: "the name of a training run, as --list prints it"),
  "carry out this training run only; tables and pictures stay as they are"
).withoutRecord()

/// The options of a program with a table of training runs.
public let tableOptions: [any DeclaredOption] = [
  recordedTrainings, onlyRecorded, firstSteps, listTrainings, onlyTraining,
]

extension Run {
  /// Checks that at most one of the ways to run a program with a table is chosen, and that one which reads recorded
  /// training runs has their folder.
  func checkTableOptions() throws {
    let ways: [(option: OptionDeclaration, isGiven: Bool, readsRecordedRuns: Bool)] = [
      (onlyRecorded.declaration, self[onlyRecorded], true),
      (firstSteps.declaration, self[firstSteps] != nil, true),
      (listTrainings.declaration, self[listTrainings], false),
      (onlyTraining.declaration, self[onlyTraining] != nil, false),
    ]
    let given = ways.filter(\.isGiven)
    guard given.count < 2 else {
      throw UsageError(
        "--\(given[0].option.name): found --\(given[1].option.name) too, expected one of them")
    }
    if let way = given.first, way.readsRecordedRuns, self[recordedTrainings] == nil {
      throw UsageError(
        "--\(way.option.name): found no folder of recorded training runs, expected it as "
          + "--\(recordedTrainings.declaration.name)")
    }
  }

  /// Prints the command of each training run of `specs`, one per line.
  func printCommands(of specs: [TrainingSpec]) throws {
    for spec in specs {
      for seed in seeds {
        try printCommand(
          seed: seed, options: [onlyTraining.declaration.name: spec.nameOnCommandLine])
      }
    }
  }

  /// The indices of the specifications to train: that of ``onlyTraining``, or all.
  ///
  /// - Throws: An error if ``onlyTraining`` names none of them.
  func chosen(of specs: [TrainingSpec]) throws -> [Int] {
    guard let name = self[onlyTraining] else { return Array(specs.indices) }
    let chosen = specs.indices.filter { specs[$0].nameOnCommandLine == name }
    guard !chosen.isEmpty else {
      throw UsageError(
        "--training: found \"\(name)\", expected one of "
          + specs.map(\.nameOnCommandLine).joined(separator: ", "))
    }
    return chosen
  }
}
