import Engine

/// Sharpening (MixMatch, equation 7): lowers the entropy of each row's distribution.
///
/// sharpen(p, T)ᵢ = pᵢ^(1/T) / Σⱼ pⱼ^(1/T)
///
/// T = 1 leaves p as it is, to the last bit; T → 0 moves all of it to the likeliest class. No
/// gradient flows through: a guess is what the network is to learn, not what it is to change.
///
/// - Parameters:
///   - p: Distributions over the classes (N, classes).
///   - T: The temperature, above 0.
/// - Returns: Distributions (N, classes).
public func sharpen(_ p: Tensor, temperature T: Double) -> Tensor {
  require(T > 0, "Sharpening needs a temperature above 0, not \(T).")
  return p.mapRows { row in
    // Dividing by the largest first keeps the powers from vanishing all together when T is small.
    let largest = Double(row.max()!)
    let powers = row.map { Double.pow(Double($0) / largest, 1 / T) }
    // The sum of p is 1 but for rounding; putting it here is what makes T = 1 exact.
    let scale = row.reduce(0) { $0 + Double($1) } / powers.reduce(0, +)
    for i in row.indices { row[i] = Float(powers[i] * scale) }
  }
}
