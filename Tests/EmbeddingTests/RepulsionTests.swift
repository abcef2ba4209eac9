import Embedding
import Engine
import Foundation
import Testing

@Suite struct RepulsionTests {
  /// Compares forces and Z of the tree with direct sums in Double. With θ = 0, only the rounding of Float sums
  /// over 3,001 points remains. Otherwise, the error is that of the expansion: relative errors of 0.0005 (θ =
  /// 0.5) and 0.002 (θ = 0.8) in the forces, and of 0.0002 and 0.0013 in Z, were measured for these points. The
  /// bounds are two to three times as large.
  @Test(
    arguments: [(0, 1e-5, 1e-6), (0.5, 1.5e-3, 5e-4), (0.8, 5e-3, 3e-3)]
      as [(Float, Double, Double)])
  func agreesWithDirectSums(theta: Float, forceTolerance: Double, normaliserTolerance: Double) {
    let points = plane(points: 3001)
    let repulsion = Repulsion(points: points.count, theta: theta)
    repulsion.update(at: UncheckedArray(points))
    var (squaredError, squaredForce, normaliser) = (0.0, 0.0, 0.0)
    for (index, point) in points.enumerated() {
      let direct = directSum(at: point, of: points)
      normaliser += direct.weight - 1
      let force = unsafe SIMD2<Double>(repulsion.forces[index])
      squaredError += ((force - direct.force) * (force - direct.force)).sum()
      squaredForce += (direct.force * direct.force).sum()
    }
    #expect((squaredError / squaredForce).squareRoot() < forceTolerance)
    #expect(abs(repulsion.normaliser / normaliser - 1) < normaliserTolerance)
    #expect(abs(exactNormaliser(of: UncheckedArray(points)) / normaliser - 1) < 1e-6)
  }

  /// For 32 coincident points, a ring of 32 points is one node. The moments of a ring up to the third order are
  /// those that the expansion assumes, so halving the radius divides the error by 16 to leading order, and by
  /// more than 14 with the higher orders. An error in a term of second order would divide it by only 4.
  @Test func expandsNodesToSecondOrder() {
    let wide = ringErrors(radius: 0.25)
    let narrow = ringErrors(radius: 0.125)
    #expect(wide.force < 2e-3 && wide.normaliser < 1e-4)
    #expect(narrow.force < wide.force / 14)
    #expect(narrow.normaliser < wide.normaliser / 14)
  }

  /// Returns the relative errors of Z and of the force on a point at distance 1.2 from a ring's centre.
  private func ringErrors(radius: Float) -> (force: Double, normaliser: Double) {
    let ring = (0..<32).map { corner in
      let angle = 2 * Float.pi * (Float(corner) + 0.5) / 32
      return SIMD2(1.2 + radius * cos(angle), radius * sin(angle))
    }
    let points = ring + [SIMD2<Float>](repeating: .zero, count: 32)
    let repulsion = Repulsion(points: points.count, theta: 0.5)
    repulsion.update(at: UncheckedArray(points))
    let direct = points.map { directSum(at: $0, of: points) }
    let normaliser = direct.reduce(0) { $0 + $1.weight - 1 }
    return unsafe (
      abs(Double(repulsion.forces[32].x) / direct[32].force.x - 1),
      abs(repulsion.normaliser / normaliser - 1)
    )
  }

  /// Coincident points have the same Morton code; with an outlier, all other points share one cell of the
  /// curve.
  @Test func coincidentPointsAndOutliersAreCorrect() {
    let count = 300
    var points = [SIMD2<Float>](repeating: SIMD2(0.5, -0.25), count: count)
    let repulsion = Repulsion(points: count, theta: 0.5)
    repulsion.update(at: UncheckedArray(points))
    #expect(repulsion.normaliser == Double(count * (count - 1)))
    #expect((0..<count).allSatisfy { repulsion.forces[$0] == .zero })

    points = plane(points: count)
    points[17] = SIMD2(1e7, 1e7)
    repulsion.update(at: UncheckedArray(points))
    for index in stride(from: 0, to: count, by: 10) {
      let direct = directSum(at: points[index], of: points)
      let error = unsafe SIMD2<Double>(repulsion.forces[index]) - direct.force
      #expect((error * error).sum().squareRoot() < 1e-4)
    }
  }

  private func directSum(
    at point: SIMD2<Float>, of points: [SIMD2<Float>]
  ) -> (force: SIMD2<Double>, weight: Double) {
    points.reduce(into: (SIMD2<Double>.zero, 0.0)) { sum, other in
      let difference = SIMD2<Double>(point) - SIMD2<Double>(other)
      let weight = 1 / (1 + (difference * difference).sum())
      sum.0 += weight * weight * difference
      sum.1 += weight
    }
  }
}
