/// An augmentation by its name, as options and records have it.
public enum AugmentationName: String, Sendable, Codable, CaseIterable {
  case fastai
  case mirrorAndShift = "mirror-and-shift"
  case none

  /// Its transforms.
  public var augmentation: Augmentation {
    switch self {
    case .fastai: .fastai
    case .mirrorAndShift: .mirrorAndShift
    case .none: .none
    }
  }
}
