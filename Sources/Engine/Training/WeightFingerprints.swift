/// Fingerprints of the weights of a network during a training run: after 1, 10, 100, 1,000 … steps
/// and after the last.
///
/// They show between which steps two training runs that should be identical began to differ.
public struct WeightFingerprints: Codable, Equatable, Sendable {
  /// A fingerprint and the step after which it was taken.
  public struct Entry: Codable, Equatable, Sendable {
    /// The number of steps done.
    public let step: Int
    /// The fingerprint of the parameters and buffers.
    public let weights: Fingerprint
  }

  /// The fingerprints in the order of the steps.
  public private(set) var entries: [Entry] = []

  /// Creates an empty list.
  public init() {}

  /// Adds the fingerprint of `network` after `step` of `steps` steps if `step` is a power of ten or the
  /// last step.
  mutating func add(_ network: any Layer, after step: Int, of steps: Int) {
    var power = 1
    while power < step { power *= 10 }
    guard step == power || step == steps else { return }
    entries.append(Entry(step: step, weights: network.fingerprint))
  }

  /// Decodes an array of entries.
  public init(from decoder: any Decoder) throws {
    entries = try decoder.singleValueContainer().decode([Entry].self)
  }

  /// Encodes an array of entries.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries)
  }
}

extension WeightFingerprints {
  /// The entries as text for a snapshot: step and fingerprint of each, separated by spaces.
  var bytes: [UInt8] {
    Array(entries.map { "\($0.step) \($0.weights)" }.joined(separator: " ").utf8)
  }

  /// Decodes ``bytes``.
  ///
  /// - Throws: ``SnapshotError`` if they are anything else.
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
