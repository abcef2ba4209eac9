import Engine
import Foundation
import MixMatch
import Testing

@Suite struct SharpeningTests {
  /// T = ½ squares and normalises: 1, 4, 9 and 16 thirtieths.
  @Test func halfIsSquares() {
    let sharpened = sharpen(Tensor([0.1, 0.2, 0.3, 0.4], shape: [1, 4]), temperature: 0.5)
    let expected: [Float] = [1 / 30, 4 / 30, 9 / 30, 16 / 30]
    // The tolerance covers the rounding of the inputs and of the result.
    #expect(zip(sharpened.scalars, expected).allSatisfy { abs($0 - $1) <= 1e-7 })
    #expect(sharpened.shape == [1, 4])
  }

  @Test func oneChangesNothingToTheBit() {
    let p = distributions(rows: 200)
    #expect(sharpen(p, temperature: 1).scalars == p.scalars)
  }

  /// Equation 7 in Double, for temperatures below and above 1.
  @Test(arguments: [0.1, 0.25, 0.5, 0.9, 2, 10])
  func equation7(temperature: Double) {
    let p = distributions(rows: 50)
    let sharpened = sharpen(p, temperature: temperature)
    for row in 0..<50 {
      let powers = p.scalars[row * 10..<row * 10 + 10].map { pow(Double($0), 1 / temperature) }
      let total = powers.reduce(0, +)
      for (power, found) in zip(powers, sharpened.scalars[row * 10..<row * 10 + 10]) {
        #expect(abs(power / total - Double(found)) <= 2e-7)
      }
    }
  }

  @Test func temperaturesNearZeroGiveOneHotDespiteUnderflow() {
    let sharpened = sharpen(Tensor([0.2, 0.5, 0.3], shape: [1, 3]), temperature: 1e-4)
    #expect(sharpened.scalars == [0, 1, 0])
  }

  @Test func theLargestProbabilityGrowsAndTheSumStaysOne() {
    let p = distributions(rows: 100)
    let sharpened = sharpen(p, temperature: 0.5)
    for (before, after) in zip(p.rowMaxima(), sharpened.rowMaxima()) {
      #expect(after.index == before.index && after.value >= before.value)
    }
    for row in 0..<100 {
      let total = sharpened.scalars[row * 10..<row * 10 + 10].reduce(0, +)
      #expect(abs(total - 1) < 1e-6)
    }
  }

  @Test func noGradientFlowsThrough() {
    let logits = Parameter(Tensor([1, 2, 3], shape: [1, 3]))
    #expect(!sharpen(softmax(logits.value), temperature: 0.5).needsGradient)
  }

  @Test func aTemperatureOfZeroIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = sharpen(Tensor([1], shape: [1, 1]), temperature: 0)
    }
    #expect(
      standardError(of: result).contains("Sharpening needs a temperature above 0, not 0.0."))
  }

  private func distributions(rows: Int) -> Tensor {
    var random = RandomStream(seed: 3, "distributions")
    return softmax(
      Tensor((0..<rows * 10).map { _ in 2 * random.normal() }, shape: [rows, 10]))
  }
}

@Suite struct RampTests {
  @Test func growsLinearlyAndStaysOne() {
    #expect(linearRamp(0, over: 800) == 0)
    #expect(linearRamp(200, over: 800) == 0.25)
    #expect(linearRamp(800, over: 800) == 1)
    #expect(linearRamp(5000, over: 800) == 1)
  }
}
