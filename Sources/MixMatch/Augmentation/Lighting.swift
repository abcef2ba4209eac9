import Engine

/// A change of brightness and contrast: v ↦ sigmoid(scale · logit(v) + offset).
struct Lighting {
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

  /// Whether the change is the identity.
  var isIdentity: Bool { scale == 1 && offset == 0 }

  /// The changed value of `value`, from 0 to 1; values are clamped to at least 10⁻⁷ from 0 and 1, as in
  /// fastai's `logit_` (vision/image.py).
  func callAsFunction(_ value: Float) -> Float {
    let logit = logit(min(max(Double(value), 1e-7), 1 - 1e-7))
    return Float(1 / (1 + .exp(-(Double(scale) * logit + Double(offset)))))
  }
}

/// The logit of `p`: the number whose sigmoid is `p`.
private func logit(_ p: Double) -> Double { .log(p / (1 - p)) }
