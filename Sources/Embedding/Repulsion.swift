import Engine

/// The repulsive part of the t-SNE gradient, by the method of Barnes and Hut (van der Maaten 2014).
///
///     wᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²)     Rᵢ = Σⱼ wᵢⱼ²·(yᵢ − yⱼ)     Z = Σᵢ Σⱼ≠ᵢ wᵢⱼ
///
/// A node of the tree replaces its points if its extent is at most θ times its distance. Its terms are
/// expanded about the points' mean to second order, assuming an isotropic spread. With m points and the
/// mean squared distance σ² from their mean, in two dimensions and with d = yᵢ − mean:
///
///     Σₖ w   ≈ m·(w + σ²/4·∇²w)      = m·w·(1 + σ²·w·(1 − 2w))
///     Σₖ w²d ≈ m·(w²d + σ²/4·∇²(w²d)) = m·w²·d·(1 + σ²·w·(2 − 6w))
///
/// This reduces the error in Z to about a hundredth. Groups of points that are adjacent on the Morton
/// curve share one list of nodes and points, chosen by the distance from the group's bounding box; the
/// sums run over the list for sixteen points at a time.
package final class Repulsion {
  /// The number of points that share a list.
  private static let groupSize = 32
  private static let parts = 64

  /// The repulsive force Rᵢ on each point, before division by Z: (points).
  package let forces: UncheckedArray<SIMD2<Float>>
  /// The approximate normaliser Z.
  package private(set) var normaliser = 0.0

  private let squaredTheta: Float
  private let tree: QuadTree
  /// The sum Σⱼ wᵢⱼ of each point including itself, in the tree's order, padded to whole vectors.
  private let weights: UncheckedArray<Float>

  /// Allocates the buffers for the given number of points.
  package init(points: Int, theta: Float) {
    squaredTheta = theta * theta
    tree = QuadTree(points: points)
    forces = UncheckedArray(count: points, repeating: .zero)
    weights = UncheckedArray(count: points + 15, repeating: 0)
  }

  /// Computes ``forces`` and ``normaliser`` for the points' current positions.
  package func update(at points: UncheckedArray<SIMD2<Float>>) {
    tree.build(over: points)
    let groups = (forces.count + Repulsion.groupSize - 1) / Repulsion.groupSize
    Parallel.forEachRange(of: groups, parts: Repulsion.parts) { _, range in
      var sources = Sources()
      for group in range {
        let start = group * Repulsion.groupSize
        let places = start..<min(start + Repulsion.groupSize, forces.count)
        collect(&sources, for: places)
        interact(places, with: sources)
      }
    }
    var sum = 0.0
    for place in 0..<forces.count { unsafe sum += Double(weights[place]) }
    // If all points are so far apart that Float rounds their weights away beside the own weight of one,
    // the sum is zero; the gradient divides by it.
    normaliser = max(sum - Double(forces.count), .ulpOfOne)
  }

  /// Collects the nodes and points that act on a group of adjacent points.
  private func collect(_ sources: inout Sources, for places: Range<Int>) {
    var (low, high) = (
      SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity)
    )
    for place in places {
      let point = unsafe SIMD2(tree.x[place], tree.y[place])
      low = elementwiseMinimum(low, point)
      high = elementwiseMaximum(high, point)
    }
    let zero = SIMD4<Float>.zero
    sources.removeAll()
    sources.pending.append((firstNode: 0, count: 1))
    while let (first, count) = sources.pending.popLast() {
      let x = unsafe tree.centreX.quad(at: first)
      let y = unsafe tree.centreY.quad(at: first)
      let dx = elementwiseMaximum(elementwiseMaximum(low.x - x, x - high.x), zero)
      let dy = elementwiseMaximum(elementwiseMaximum(low.y - y, y - high.y), zero)
      let isFar = unsafe tree.squaredExtent.quad(at: first) .<= squaredTheta * (dx * dx + dy * dy)
      for lane in 0..<count {
        let node = first + lane
        if isFar[lane] {
          unsafe sources.nodes.append(
            FarNode(x: x[lane], y: y[lane], mass: tree.mass[node], variance: tree.variance[node]))
        } else if unsafe tree.childCount[node] > 0 {
          unsafe sources.pending.append(
            (firstNode: Int(tree.firstChild[node]), count: Int(tree.childCount[node])))
        } else {
          unsafe sources.runs.append(Int(tree.start[node])..<Int(tree.end[node]))
        }
      }
    }
  }

  /// Sums the forces and weights of the sources for a group of adjacent points.
  private func interact(_ places: Range<Int>, with sources: Sources) {
    for place in stride(from: places.lowerBound, to: places.upperBound, by: 16) {
      var sum = unsafe Sums(x: tree.x.vector(at: place), y: tree.y.vector(at: place))
      unsafe sources.nodes.withUnsafeBufferPointer { nodes in
        unsafe nodes.forEach { sum.add($0) }
      }
      for run in sources.runs {
        for source in run { unsafe sum.add(x: tree.x[source], y: tree.y[source]) }
      }
      unsafe weights.store(sum.weight, at: place)
      for lane in 0..<min(16, places.upperBound - place) {
        unsafe forces[Int(tree.order[place + lane])] = SIMD2(sum.forceX[lane], sum.forceY[lane])
      }
    }
  }
}

/// A node that acts on a group of points in place of its points.
private struct FarNode {
  /// The mean of the points.
  let x, y: Float
  /// The number of the points.
  let mass: Float
  /// The mean squared distance of the points from their mean.
  let variance: Float
}

/// The nodes and points that act on a group of points.
private struct Sources {
  var nodes: [FarNode] = []
  /// Near points, as ranges of the tree's order.
  var runs: [Range<Int>] = []
  /// Siblings that are still to be visited.
  var pending: [(firstNode: Int, count: Int)] = []

  mutating func removeAll() {
    nodes.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
  }
}

/// The sums for sixteen points.
private struct Sums {
  let x: SIMD16<Float>
  let y: SIMD16<Float>
  var forceX = SIMD16<Float>.zero
  var forceY = SIMD16<Float>.zero
  var weight = SIMD16<Float>.zero

  /// Adds the effect of one point.
  @inline(__always)
  mutating func add(x sourceX: Float, y sourceY: Float) {
    let dx = x - sourceX
    let dy = y - sourceY
    let w = 1 / (1 + dx * dx + dy * dy)
    let factor = w * w
    weight += w
    forceX += factor * dx
    forceY += factor * dy
  }

  /// Adds the effect of a node's points, to second order.
  @inline(__always)
  mutating func add(_ node: FarNode) {
    let dx = x - node.x
    let dy = y - node.y
    let w = 1 / (1 + dx * dx + dy * dy)
    let nodeWeight = w * node.mass
    let spread = w * node.variance
    weight += nodeWeight + nodeWeight * spread * (1 - 2 * w)
    let factor = nodeWeight * w
    let corrected = factor + factor * spread * (2 - 6 * w)
    forceX += corrected * dx
    forceY += corrected * dy
  }
}

/// Returns the exact normaliser Z = Σᵢ Σⱼ≠ᵢ 1 / (1 + |yᵢ − yⱼ|²) over all pairs.
///
/// The weights are computed in Float and summed per point in Float vectors, and over points in Double.
package func exactNormaliser(of points: UncheckedArray<SIMD2<Float>>) -> Double {
  let count = points.count
  // Points at infinity, whose weight is zero, fill the last vector.
  let x = UncheckedArray(count: count + 15, repeating: Float.infinity)
  let y = UncheckedArray(count: count + 15, repeating: Float.infinity)
  for point in 0..<count { unsafe (x[point], y[point]) = (points[point].x, points[point].y) }
  var sums = [Double](repeating: 0, count: 64)
  unsafe sums.withUnsafeMutableBufferPointer { sums in
    Parallel.forEachRange(of: count, parts: 64) { part, range in
      for point in range {
        var weight = SIMD16<Float>.zero
        for place in stride(from: 0, to: count, by: 16) {
          let dx = unsafe x.vector(at: place) - points[point].x
          let dy = unsafe y.vector(at: place) - points[point].y
          weight += 1 / (1 + dx * dx + dy * dy)
        }
        unsafe sums[part] += Double(weight.pairwiseSum) - 1
      }
    }
  }
  return sums.reduce(0, +)
}
