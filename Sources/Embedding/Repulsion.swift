import Engine

/// The repulsive half of the t-SNE gradient, by the sums of Barnes and Hut (van der Maaten 2014).
///
///     wᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²)     Rᵢ = Σⱼ wᵢⱼ²·(yᵢ − yⱼ)     Z = Σᵢ Σⱼ≠ᵢ wᵢⱼ
///
/// A node of the tree stands for its points where its extent is at most θ times its distance.
/// Points that are neighbours on the Morton curve share one list of nodes and points, judged by the
/// distance to the rectangle around them all: so the list is never coarser than each one's own, and
/// the arithmetic runs over it with sixteen points at a time.
package final class Repulsion {
  /// How many points share a list.
  private static let groupSize = 32
  private static let parts = 64

  /// Σⱼ wᵢⱼ²·(yᵢ − yⱼ) of each point.
  package let forces: Buffer<SIMD2<Float>>
  /// Z.
  package private(set) var normaliser = 0.0

  private let squaredTheta: Float
  private let tree: QuadTree
  /// Σⱼ wᵢⱼ of each point, itself counted, in the tree's order, padded to whole vectors.
  private let weights: Buffer<Float>

  /// Room for so many points.
  package init(points: Int, theta: Float) {
    squaredTheta = theta * theta
    tree = QuadTree(points: points)
    forces = Buffer(count: points, repeating: .zero)
    weights = Buffer(count: points + 15, repeating: 0)
  }

  /// Computes `forces` and `normaliser` for as many points as there is room for.
  package func update(at points: Buffer<SIMD2<Float>>) {
    tree.build(over: points)
    let groups = (forces.count + Repulsion.groupSize - 1) / Repulsion.groupSize
    Parallel.forEachRange(of: groups, parts: Repulsion.parts) { _, range in
      var list = InteractionList()
      for group in range {
        let start = group * Repulsion.groupSize
        let places = start..<min(start + Repulsion.groupSize, forces.count)
        collect(&list, for: places)
        interact(places, with: list)
      }
    }
    var sum = 0.0
    for place in 0..<forces.count { sum += Double(weights[place]) }
    normaliser = sum - Double(forces.count)
  }

  /// Fills the list of what acts on some neighbouring points of the tree's order.
  private func collect(_ list: inout InteractionList, for places: Range<Int>) {
    var (low, high) = (
      SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity)
    )
    for place in places {
      let point = SIMD2(tree.x[place], tree.y[place])
      low = lesser(low, point)
      high = greater(high, point)
    }
    let zero = SIMD4<Float>.zero
    list.removeAll()
    list.push(firstNode: 0, count: 1)
    while let (first, count) = list.pop() {
      let x = tree.centreX.quad(at: first)
      let y = tree.centreY.quad(at: first)
      let dx = greater(greater(low.x - x, x - high.x), zero)
      let dy = greater(greater(low.y - y, y - high.y), zero)
      let isFar = tree.squaredExtent.quad(at: first) .<= squaredTheta * (dx * dx + dy * dy)
      for lane in 0..<count {
        let node = first + lane
        if isFar[lane] {
          list.append(x[lane], y[lane], mass: tree.mass[node])
        } else if tree.childCount[node] > 0 {
          list.push(firstNode: Int(tree.firstChild[node]), count: Int(tree.childCount[node]))
        } else {
          for place in Int(tree.start[node])..<Int(tree.end[node]) {
            list.append(tree.x[place], tree.y[place], mass: 1)
          }
        }
      }
    }
  }

  /// Sums what the list does to some neighbouring points of the tree's order.
  private func interact(_ places: Range<Int>, with list: borrowing InteractionList) {
    for place in stride(from: places.lowerBound, to: places.upperBound, by: 16) {
      let x = tree.x.vector(at: place)
      let y = tree.y.vector(at: place)
      var forceX = SIMD16<Float>.zero
      var forceY = SIMD16<Float>.zero
      var weight = SIMD16<Float>.zero
      for entry in 0..<list.count {
        let source = list.entries[entry]
        let dx = x - source.x
        let dy = y - source.y
        let w = 1 / (1 + dx * dx + dy * dy)
        let massive = w * source.z
        weight += massive
        let factor = massive * w
        forceX += factor * dx
        forceY += factor * dy
      }
      weights.store(weight, at: place)
      for lane in 0..<min(16, places.upperBound - place) {
        forces[Int(tree.order[place + lane])] = SIMD2(forceX[lane], forceY[lane])
      }
    }
  }
}

/// What acts on a group of points, and the nodes yet to be looked at while it is collected.
private struct InteractionList: ~Copyable {
  /// How many entries there are.
  private(set) var count = 0
  /// Position x and y, mass, nothing.
  private(set) var entries = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: 1024)
  private var capacity = 1024
  private var pending: [(firstNode: Int, count: Int)] = []

  deinit { entries.deallocate() }

  mutating func removeAll() { count = 0 }

  mutating func push(firstNode: Int, count: Int) { pending.append((firstNode, count)) }

  mutating func pop() -> (firstNode: Int, count: Int)? { pending.popLast() }

  @inline(__always)
  mutating func append(_ x: Float, _ y: Float, mass: Float) {
    if count == capacity { grow() }
    entries[count] = SIMD4(x, y, mass, 0)
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: 2 * capacity)
    larger.update(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }
}
