import Datasets
import Engine
import Foundation

/// The settings, data set, metrics and fingerprints that a run records.
struct RecordedValues {
  private(set) var settings = JSONValue.object([:])
  var dataset: DatasetIdentity?
  private(set) var metrics: [String: Metric] = [:]
  private(set) var fingerprints: [String: WeightFingerprints] = [:]
  /// Options with their arguments that usually do not change results, and did.
  private(set) var options: [String: String] = [:]

  mutating func record(settings: some Encodable) throws {
    self.settings = try JSONValue(describing: settings)
  }

  mutating func record(metric name: String, values: [Double], ofSeeds seeds: [Int]? = nil) {
    require(metrics[name] == nil, "The metric \(name) is recorded twice.")
    metrics[name] = Metric(of: values, seeds: seeds)
  }

  mutating func record(_ fingerprints: WeightFingerprints, ofStage name: String) {
    self.fingerprints[name] = fingerprints
  }

  mutating func record(effectOf option: String, _ argument: String) { options[option] = argument }
}
