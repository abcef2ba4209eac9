/// The scale at which a chapter runs.
public enum Preset: String, Codable, Sendable, CaseIterable {
  /// A run that exercises all code as fast as possible; its results mean nothing.
  case smoke
  /// A run of minutes to some hours on a laptop; the default.
  case short
  /// A run that is planned for a night on two cores.
  case overnight
  /// The article's own scale.
  case article
}

/// A preset that a chapter offers, with its cost.
public struct PresetChoice: Sendable {
  /// The name that selects it.
  package let preset: Preset
  /// The preset that runs when this one is chosen.
  package let runs: Preset
  /// The preset's line in the help: its cost.
  package let explanation: String

  /// A preset with settings of its own; `cost` describes its time, such as "about 4 minutes on 2 cores".
  public static func scale(_ preset: Preset, costs cost: String) -> PresetChoice {
    PresetChoice(preset: preset, runs: preset, explanation: cost)
  }

  /// A second name for another preset, under which it runs, caches and records.
  public static func alias(_ preset: Preset, of other: Preset) -> PresetChoice {
    PresetChoice(preset: preset, runs: other, explanation: "the same as \(other.rawValue)")
  }
}
