import Engine
import Testing

/// The moments that batch norm takes and keeps.
@Suite struct NormalisationTests {
  @Test func runningMomentsArePyTorchs() throws {
    let run = try Fixture.training().runningMoments
    let norm = BatchNorm(channels: run.shape.last!)
    let running = norm.buffers[0].buffer
    #expect(running.moments.mean.scalars == [0, 0, 0, 0, 0])
    #expect(running.moments.variance.scalars == [1, 1, 1, 1, 1])
    var x = Tensor(repeating: 0, shape: [])
    for (step, expected) in run.steps.enumerated() {
      x = Fixture.uniform("running/\(step)", in: expected.range, shape: run.shape)
      _ = norm(x, .training)
      let (mean, variance) = (running.moments.mean, running.moments.variance)
      #expect(largestDistance(mean.scalars.map(Double.init), expected.mean) <= 1e-6)
      #expect(largestDistance(variance.scalars.map(Double.init), expected.variance) <= 1e-6)
    }
    let before = running.moments.mean.scalars
    let evaluated = norm(x, .evaluation)
    #expect(run.evaluation.distance(of: evaluated, named: "running") <= Tolerance.sum(of: 24))
    #expect(running.moments.mean.scalars == before, "evaluation moves nothing")
  }

  /// Against sums in double precision, where the mean of many rows is large beside their deviation:
  /// neither may drown in the rounding errors of squares or of long sums. Only the mean itself,
  /// which parts of the rows hand on, may be rounded, and its square goes into the variance.
  @Test(arguments: [
    (mean: Float(0), spread: Float(1e-4)), (-3.3, 1), (100.7, 0.1), (10_000.3, 1), (1003.7, 0.01),
  ])
  func momentsOfManyRows(mean: Float, spread: Float) {
    let (rows, channels) = (65_536, 3)
    let range = [mean - spread, mean + spread]
    let x = Fixture.uniform("moments", in: range, shape: [rows, channels])
    let moments = ChannelMoments(of: x)
    let scalars = x.scalars
    for channel in 0..<channels {
      let values = stride(from: channel, to: scalars.count, by: channels).map {
        Double(scalars[$0])
      }
      let mean = values.reduce(0, +) / Double(rows)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
      let ours = (
        mean: Double(moments.mean.scalars[channel]),
        variance: Double(moments.variance.scalars[channel])
      )
      let rounding = 2 * Tolerance.rounding * abs(mean)
      #expect(abs(ours.mean - mean) <= rounding + 1e-6 * variance.squareRoot())
      #expect(abs(ours.variance - variance) <= rounding * rounding + 1e-5 * variance)
    }
  }
}
