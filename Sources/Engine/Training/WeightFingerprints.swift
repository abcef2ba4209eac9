/// Fingerprints of a network's weights on the way of a training: after 1, 10, 100, 1,000 … steps and
/// after the last.
///
/// Two trainings that were meant to be the same are so up to the last fingerprint in which they
/// agree.
public struct WeightFingerprints: Codable, Equatable, Sendable {
  /// The fingerprint of the weights after a number of steps.
  public struct Entry: Codable, Equatable, Sendable {
    /// How many steps were done.
    public let step: Int
    /// Of the network's parameters and running moments.
    public let weights: Fingerprint
  }

  /// In the order of the steps.
  public private(set) var entries: [Entry] = []

  /// None yet.
  public init() {}

  /// Takes the fingerprint of `network` after `step` of `steps` steps, if it is to have one there.
  mutating func add(_ network: any Layer, after step: Int, of steps: Int) {
    var power = 1
    while power < step { power *= 10 }
    guard step == power || step == steps else { return }
    entries.append(Entry(step: step, weights: network.fingerprint))
  }

  /// Reads an array of the entries.
  public init(from decoder: any Decoder) throws {
    entries = try decoder.singleValueContainer().decode([Entry].self)
  }

  /// Writes an array of the entries.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries)
  }
}

extension WeightFingerprints {
  /// The entries for a snapshot: step and fingerprint of each, separated by spaces.
  var bytes: [UInt8] {
    Array(entries.map { "\($0.step) \($0.weights)" }.joined(separator: " ").utf8)
  }

  /// The entries that ``bytes`` were made of.
  ///
  /// - Throws: ``SnapshotError`` where they are anything else.
  init(bytes: [UInt8]) throws {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    for place in stride(from: 0, to: words.count, by: 2) {
      guard place + 1 < words.count, let step = Int(words[place]),
        let weights = Fingerprint(String(words[place + 1]))
      else {
        throw SnapshotError("found damaged fingerprints, expected steps and hexadecimal digits")
      }
      entries.append(Entry(step: step, weights: weights))
    }
  }
}
