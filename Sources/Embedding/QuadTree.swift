import Engine

/// A quadtree over points of the plane, for the method of Barnes and Hut (1986).
///
/// The points are sorted along a Morton curve of 2¹⁶ × 2¹⁶ cells, so each node is a range of the sorted
/// points. Nodes with a single child are omitted; siblings are adjacent.
package final class QuadTree {
  /// The largest number of points in a leaf, unless they all lie in one cell.
  private static let leafSize = 16

  /// The indices of the points in the tree's order: (points).
  package let order: UncheckedArray<Int32>
  /// The x coordinates in the tree's order, padded to a whole vector with the last: (points + 15).
  package let x: UncheckedArray<Float>
  /// The y coordinates in the tree's order, padded to a whole vector with the last: (points + 15).
  package let y: UncheckedArray<Float>

  /// The number of nodes; the root is node 0. The buffers below hold one value per node.
  package private(set) var nodeCount = 0
  /// The x coordinate of the mean of the node's points.
  package let centreX: UncheckedArray<Float>
  /// The y coordinate of the mean of the node's points.
  package let centreY: UncheckedArray<Float>
  /// The number of points in the node.
  package let mass: UncheckedArray<Float>
  /// The square of the longer side of the bounding box of the node's points.
  package let squaredExtent: UncheckedArray<Float>
  /// The mean squared distance of the node's points from their mean.
  package let variance: UncheckedArray<Float>
  /// The first child.
  package let firstChild: UncheckedArray<Int32>
  /// The number of children: 2, 3 or 4, or 0 for a leaf.
  package let childCount: UncheckedArray<Int32>
  /// The position of the node's first point in the tree's order.
  package let start: UncheckedArray<Int32>
  /// The position after the node's last point in the tree's order.
  package let end: UncheckedArray<Int32>

  /// Two opposite corners of the bounding box of the node's points.
  private let low, high: UncheckedArray<SIMD2<Float>>
  /// The Morton code in the upper half, and the index of the point in the lower half.
  private var keys: UncheckedArray<UInt64>
  /// The keys after a pass of the sort, before they are swapped with `keys`.
  private var sortedKeys: UncheckedArray<UInt64>

  /// Allocates a tree for the given number of points.
  package init(points: Int) {
    // A tree whose inner nodes have at least two children has fewer inner nodes than leaves. Four more
    // entries allow the last siblings to be read as a vector.
    let nodes = 2 * points + 4
    order = UncheckedArray(count: points, repeating: 0)
    x = UncheckedArray(count: points + 15, repeating: 0)
    y = UncheckedArray(count: points + 15, repeating: 0)
    centreX = UncheckedArray(count: nodes, repeating: 0)
    centreY = UncheckedArray(count: nodes, repeating: 0)
    mass = UncheckedArray(count: nodes, repeating: 0)
    squaredExtent = UncheckedArray(count: nodes, repeating: 0)
    variance = UncheckedArray(count: nodes, repeating: 0)
    firstChild = UncheckedArray(count: nodes, repeating: 0)
    childCount = UncheckedArray(count: nodes, repeating: 0)
    start = UncheckedArray(count: nodes, repeating: 0)
    end = UncheckedArray(count: nodes, repeating: 0)
    low = UncheckedArray(count: nodes, repeating: .zero)
    high = UncheckedArray(count: nodes, repeating: .zero)
    keys = UncheckedArray(count: points, repeating: 0)
    sortedKeys = UncheckedArray(count: points, repeating: 0)
  }

  /// Builds the tree over new positions of the points.
  package func build(over points: UncheckedArray<SIMD2<Float>>) {
    sort(points)
    split()
    summarise()
  }

  /// Sorts the points by their Morton codes into `order`, `x` and `y`, and the codes into `keys`.
  private func sort(_ points: UncheckedArray<SIMD2<Float>>) {
    let count = order.count
    var (low, high) = unsafe (points[0], points[0])
    for point in 0..<count {
      low = unsafe elementwiseMinimum(low, points[point])
      high = unsafe elementwiseMaximum(high, points[point])
    }
    // Slightly less than 2¹⁶, so that rounding cannot give the cell 2¹⁶. The lower bound avoids a
    // division by zero.
    let scale = 65_535 / max((high - low).max(), 1e-30)
    for point in 0..<count {
      let cell = unsafe (points[point] - low) * scale
      unsafe keys[point] =
        UInt64(spread(UInt32(cell.x)) | spread(UInt32(cell.y)) << 1) << 32 | UInt64(point)
    }
    for shift in [32, 43, 54] { sortKeys(byElevenBitsFrom: shift) }
    for place in 0..<count {
      let point = unsafe Int(keys[place] & 0xFFFF_FFFF)
      unsafe order[place] = Int32(point)
      unsafe x[place] = points[point].x
      unsafe y[place] = points[point].y
    }
    for place in count..<(count + 15) {
      unsafe x[place] = x[count - 1]
      unsafe y[place] = y[count - 1]
    }
  }

  /// Performs one pass of a stable radix sort.
  private func sortKeys(byElevenBitsFrom shift: Int) {
    unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: 2049) { starts in
      unsafe starts.initialize(repeating: 0)
      for place in 0..<keys.count {
        unsafe starts[Int(keys[place] >> UInt64(shift) & 2047) + 1] += 1
      }
      for digit in 0..<2048 { unsafe starts[digit + 1] += starts[digit] }
      for place in 0..<keys.count {
        let digit = unsafe Int(keys[place] >> UInt64(shift) & 2047)
        unsafe sortedKeys[starts[digit]] = keys[place]
        unsafe starts[digit] += 1
      }
    }
    swap(&keys, &sortedKeys)
  }

  /// Creates the nodes, level by level from the root down.
  private func split() {
    unsafe start[0] = 0
    unsafe end[0] = Int32(order.count)
    nodeCount = 1
    var node = 0
    while node < nodeCount {
      let (first, last) = unsafe (Int(start[node]), Int(end[node]) - 1)
      let difference = unsafe (keys[first] ^ keys[last]) >> 32
      unsafe firstChild[node] = Int32(nodeCount)
      if last - first >= QuadTree.leafSize && difference != 0 {
        let digitShift = UInt64(32 + (63 - difference.leadingZeroBitCount) & ~1)
        addChildren(from: first, through: last, digitShift: digitShift)
      }
      unsafe childCount[node] = Int32(nodeCount) - firstChild[node]
      node += 1
    }
  }

  /// Adds a node for each run of equal digits; a digit is the two bits of a code at `digitShift`.
  private func addChildren(from first: Int, through last: Int, digitShift: UInt64) {
    var place = first
    while place <= last {
      let digit = unsafe keys[place] >> digitShift & 3
      // Bisection finds the end of the run.
      var (inside, outside) = (place, last + 1)
      while outside - inside > 1 {
        let middle = (inside + outside) / 2
        if unsafe keys[middle] >> digitShift & 3 == digit {
          inside = middle
        } else {
          outside = middle
        }
      }
      unsafe start[nodeCount] = Int32(place)
      unsafe end[nodeCount] = Int32(outside)
      nodeCount += 1
      place = outside
    }
  }

  /// Computes mass, centre, extent and variance of the nodes, children before parents.
  private func summarise() {
    for node in stride(from: nodeCount - 1, through: 0, by: -1) {
      var sum = SIMD2<Float>.zero
      var (low, high) = (
        SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity)
      )
      if unsafe childCount[node] == 0 {
        for place in unsafe Int(start[node])..<Int(end[node]) {
          let point = unsafe SIMD2(x[place], y[place])
          sum += point
          low = elementwiseMinimum(low, point)
          high = elementwiseMaximum(high, point)
        }
      }
      let first = unsafe Int(firstChild[node])
      for child in unsafe first..<(first + Int(childCount[node])) {
        unsafe sum += mass[child] * SIMD2(centreX[child], centreY[child])
        low = unsafe elementwiseMinimum(low, self.low[child])
        high = unsafe elementwiseMaximum(high, self.high[child])
      }
      unsafe mass[node] = Float(end[node] - start[node])
      let centre = unsafe sum / mass[node]
      unsafe centreX[node] = centre.x
      unsafe centreY[node] = centre.y
      unsafe self.low[node] = low
      unsafe self.high[node] = high
      var squares: Float = 0
      if unsafe childCount[node] == 0 {
        for place in unsafe Int(start[node])..<Int(end[node]) {
          let offset = unsafe SIMD2(x[place], y[place]) - centre
          squares += (offset * offset).sum()
        }
      }
      for child in unsafe first..<(first + Int(childCount[node])) {
        let offset = unsafe SIMD2(centreX[child], centreY[child]) - centre
        unsafe squares += mass[child] * (variance[child] + (offset * offset).sum())
      }
      unsafe variance[node] = squares / mass[node]
      let extent = (high - low).max()
      unsafe squaredExtent[node] = extent * extent
    }
  }
}

/// Returns the sixteen low bits with a zero between every two of them.
private func spread(_ bits: UInt32) -> UInt32 {
  var bits = (bits | bits << 8) & 0x00FF_00FF
  bits = (bits | bits << 4) & 0x0F0F_0F0F
  bits = (bits | bits << 2) & 0x3333_3333
  return (bits | bits << 1) & 0x5555_5555
}
