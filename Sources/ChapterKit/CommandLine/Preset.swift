/// The scale at which a chapter runs.
public enum Preset: String, Codable, Sendable, CaseIterable {
  /// Every path exercised in under a minute; its results mean nothing.
  case smoke
  /// What a reader with a laptop waits for; the default.
  case short
  /// What a reader leaves a machine alone with: about eight hours on two cores.
  case overnight
  /// The article's own scale.
  case article
}

/// A preset that a chapter offers, with what it costs there.
public struct PresetChoice: Sendable {
  /// The name that selects it.
  package let preset: Preset
  /// The preset that runs when this one is chosen.
  package let runs: Preset
  /// What the help says of it.
  package let explanation: String

  /// A preset with a scale of its own, and its cost in words, such as "about 4 minutes on 2 cores".
  public static func scale(_ preset: Preset, costs cost: String) -> PresetChoice {
    PresetChoice(preset: preset, runs: preset, explanation: cost)
  }

  /// A preset that is another one under a second name: it runs, caches and is recorded as that.
  public static func alias(_ preset: Preset, of other: Preset) -> PresetChoice {
    PresetChoice(preset: preset, runs: other, explanation: "the same as \(other.rawValue)")
  }
}
