import ChapterKit
import Datasets
import Engine
import Experiments
import Files
import Foundation
import ResultTables
import Weaving

/// A reader of files from outside the program. For any bytes it must return or throw, never crash.
enum Reader: String, CaseIterable {
  case idx, cifar, gzip, matlab
  case snapshot, checkpoint, classifier
  case record, training, sealed, literate

  /// Reads `bytes` and uses the result as programs do.
  ///
  /// - Throws: The error of the reader for bytes that are not such a file.
  func read(_ bytes: [UInt8]) throws {
    switch self {
    case .idx: try readIDX(bytes)
    case .cifar: _ = try CIFARBatch(bytes, origin: "fuzz").labels
    case .gzip: _ = try gunzip(bytes, origin: "fuzz", limit: 1 << 24)
    case .matlab: _ = try MATFile(bytes, names: ["X", "y"], origin: "fuzz", limit: 1 << 24).arrays
    case .snapshot: try readSnapshot(bytes)
    case .checkpoint: try readCheckpoint(bytes)
    case .classifier: try use(Classifier(SafeTensors(decoding: bytes)))
    case .record: try use(JSON.decode(RunRecord.self, from: Data(bytes)))
    case .training: try use(JSON.decode(TrainingRecord<TrainingSummary>.self, from: Data(bytes)))
    case .sealed: _ = try SealedJSON.decode(RunRecord.self, from: Data(bytes))
    case .literate: _ = try LiterateSource(String(decoding: bytes, as: UTF8.self), path: "fuzz")
    }
  }
}

/// Decodes a file of images or of labels; the fourth byte, the number of dimensions, is 3 for images.
private func readIDX(_ bytes: [UInt8]) throws {
  let areImages = bytes.count > 3 && bytes[3] == 3
  _ = try IDX(bytes, of: areImages ? .images(height: 28, width: 28) : .labels, origin: "fuzz")
}

// The seeds of snapshots and checkpoints are without fingerprint and checksum, which no mutation would keep right.

/// Decodes a checkpoint: a line of JSON, and a snapshot.
private func readCheckpoint(_ bytes: [UInt8]) throws {
  let snapshot = bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
  let content = checksummed(Data(bytes + fingerprintDigits(of: snapshot)))
  try use(Classifier(Checkpoint(decoding: content)))
}

/// Decodes a snapshot, encodes it again, and restores the state of a small training run from it if it fits.
private func readSnapshot(_ bytes: [UInt8]) throws {
  let snapshot = try Snapshot(decoding: bytes + fingerprintDigits(of: bytes))
  require(
    try Snapshot(decoding: snapshot.encoded()).encoded() == snapshot.encoded(),
    "A decoded snapshot must have the same bytes when encoded again.")
  let norm = BatchNorm(channels: 3)
  let adam = AdamW(norm.parameters, weightDecay: 0.01)
  try? snapshot.restore(norm.state(under: "network") + adam.state(under: "adam"))
}

private func use(_ classifier: Classifier) throws {
  _ = (classifier.scaling, try classifier.content.encoded())
}

private func use(_ record: RunRecord) throws {
  try record.validate()
  _ = (record.stamp, record.origin, record.warning, try record.encoded())
  for metric in record.metrics.values { _ = NumberStyle.percent.text(metric) }
}

private func use(_ training: TrainingRecord<TrainingSummary>) throws {
  try training.validate()
  _ = (durationText(training.stage.seconds), try SealedJSON.encode(training))
  _ = TrainingSummary.curves("fuzz", of: [("fuzz", training.value)]).text(comment: "fuzz")
}
