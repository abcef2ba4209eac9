import Engine

/// Sharpening (MixMatch, equation 7): lowers the entropy of each row's distribution.
///
/// sharpen(p, T)ᵢ = pᵢ^(1/T) / Σⱼ pⱼ^(1/T)
///
/// T = 1 gives p, to the last bit; T → 0 moves all mass to the most probable class. No gradient flows
/// through the result: it is the network's target.
///
/// - Parameters:
///   - p: Distributions over the classes (N, classes).
///   - T: The temperature, above 0.
/// - Returns: Distributions (N, classes).
public func sharpen(_ p: Tensor, temperature T: Double) -> Tensor {
  require(T > 0, "Sharpening needs a temperature above 0, not \(T).")
  return p.mapRows { row in
    // Dividing by the largest first keeps the powers from underflowing together when T is small.
    let largest = Double(row.max())
    let powers = row.indices.map { Double.pow(Double(row[$0]) / largest, 1 / T) }
    // The sum of p is 1 up to rounding; using it here makes T = 1 exact.
    let scale = row.indices.reduce(0) { $0 + Double(row[$1]) } / powers.reduce(0, +)
    for i in row.indices { row[i] = Float(powers[i] * scale) }
  }
}
