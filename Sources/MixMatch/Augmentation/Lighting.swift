import Engine

/// A change of brightness and contrast: v ↦ sigmoid(scale · logit(v) + offset).
struct Lighting: Equatable {
  private var scale: Float = 1
  private var offset: Float = 0

  /// The changes of brightness and contrast among `transforms`, in their order.
  init(_ transforms: [ImageTransform]) {
    for transform in transforms {
      switch transform {
      case .brightness(let change):
        require(
          change > 0 && change < 1, "A change of brightness lies between 0 and 1, not at \(change)."
        )
        offset += Float(logit(Double(change)))
      case .contrast(let factor):
        require(factor > 0, "The scale of contrast is above 0, not \(factor).")
        scale *= factor
        offset *= factor
      default: break
      }
    }
  }

  /// Writes the changed value of byte/255 for each of the 256 values of a byte.
  func tabulate(into table: inout [Float]) {
    for byte in 0..<256 {
      table[byte] =
        self == .none ? Float(byte) / 255 : 1 / (1 + .exp(-(scale * byteLogits[byte] + offset)))
    }
  }

  private static let none = Lighting([])
}

/// logit(byte/255) of each byte, with values clamped to at least 10⁻⁷ from 0 and 1, as in fastai's
/// `logit_` (vision/image.py).
private let byteLogits = (0..<256).map { Float(logit(min(max(Double($0) / 255, 1e-7), 1 - 1e-7))) }

/// The logit of `p`: the number whose sigmoid is `p`.
private func logit(_ p: Double) -> Double { .log(p / (1 - p)) }
