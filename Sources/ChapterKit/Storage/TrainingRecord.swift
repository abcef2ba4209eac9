import Datasets
import Engine
import Files
import Foundation

/// The result of a stage in a file of its own, OUT/trainings/STAGE.json.
///
/// Other chapters find it there. The file is small enough to be recorded in the repository, and
/// contains everything that is known about the origin of the result.
public struct TrainingRecord<Value: Codable & Sendable>: Codable, Sendable {
  /// The result.
  public var value: Value
  /// When, by which commit and how fast the result was computed.
  public var stage: StageRecord
  /// The inputs of the stage.
  public var inputs: JSONValue
  /// The data set that the stage used.
  public var dataset: DatasetIdentity
  /// The hash of the code that computed the result.
  public var sources: String

  /// The record of the stage `name` in `file`; nil if there is no file.
  ///
  /// - Throws: An error that names the file if it contains anything else, or was changed.
  static func load(_ file: URL, ofStage name: String) throws -> Self? {
    let remedy = "remove it; the training is then run again"
    let record = try SealedJSON.load(
      Self.self, from: file, expecting: "the result of a training run", remedy: remedy)
    if let record, record.stage.name != name {
      throw Failure(
        "\(file.shortPath): found the stage \"\(record.stage.name)\", expected \"\(name)\"; \(remedy)"
      )
    }
    return record
  }
}

extension TrainingRecord: Validated {
  package func validate() throws {
    try stage.validate()
    try (value as? any Validated)?.validate()
  }
}

/// The name of the stage that repeats only the first steps of the training run `name`, for `make verify`.
package func nameOfFirstSteps(of name: String) -> String { "first steps of \(name)" }

/// The identity of a stage whose result chapters share.
public struct TrainingKey {
  /// The name of the stage and of the file.
  public let name: String
  /// Everything that the result depends on, apart from the code.
  public let inputs: [String: any Encodable]
  /// The paths of the code that computes the result, relative to the package's root: folders or files.
  public let code: [String]

  /// A key of a name, inputs, and the paths of the code that computes the result; the modules that this
  /// code imports count too.
  public init(_ name: String, inputs: [String: any Encodable], code: [String]) {
    (self.name, self.inputs, self.code) = (name, inputs, code)
  }

  package static let directory = "trainings"
  static let fileExtension = ".json"

  /// The name of the result's file, in OUT and among recorded results.
  var fileName: String { TrainingKey.fileName(of: name) }

  /// The name of the lock file of a result that is being computed, beside that of the result.
  var lockFileName: String { fileNamePart(of: name) + RunLock.suffix }

  /// The path of the result in OUT.
  var path: String { TrainingKey.path(of: name) }

  /// The path of the result `name` in OUT.
  static func path(of name: String) -> String { "\(directory)/\(fileName(of: name))" }

  private static func fileName(of name: String) -> String {
    fileNamePart(of: name) + fileExtension
  }

  /// Whether `directory` has a file of this name, whatever it contains.
  package func isRecorded(in directory: URL) -> Bool {
    directory.appending(path: fileName).isPresent
  }

  /// The inputs as JSON.
  package var encodedInputs: JSONValue {
    get throws { .object(try inputs.mapValues { try JSONValue(describing: $0) }) }
  }
}
