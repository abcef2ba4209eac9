/// The left operand of a product of matrices, and the way through the terms of its sums: row r of
/// the product sums left[r, t]·right[t] over the terms t.
///
/// Terms come in runs of equal length, such as the rows of an image. So a product can read parts of
/// an image where they lie, and a matrix as stored or transposed.
struct LeftOperand {
  /// The first term of the first row.
  let start: UnsafePointer<Float>
  /// From one row to the next.
  let rowStride: Int
  /// From one term of a run to the next.
  let termStride: Int
  /// How many terms a run has.
  let runLength: Int
  /// How many runs there are.
  var runs = 1
  /// From the start of one run to that of the next.
  var runStride = 0
}

/// Sixteen columns of the right operand of a product, or fewer at a matrix's right edge. The numbers
/// of a term are neighbours; terms come in the order and the runs of the left operand's.
struct RightPanel {
  /// The first number of the first term.
  let start: UnsafePointer<Float>
  /// How many columns there are, in 1 ... 16. What lies beyond them is read, and has no effect.
  let width: Int
  /// From one term of a run to the next.
  let termStride: Int
  /// What is left out between the last term of a run and the first of the next.
  var runGap = 0
}

/// What becomes of the numbers that a product's target held before.
enum ProductTarget {
  /// They are replaced.
  case overwritten
  /// The product is added to them.
  case accumulated
}

/// `target` ← left·right, `rows` rows of `right.width` columns.
///
/// The rows of `target` are `rowStride` apart. Each sum is made of two chains of fused
/// multiply–adds, one over the terms of even place in their run and one over the others; the second
/// chain is added to the first and, where the product is accumulated, what is in `target` to both.
/// This order depends on no tile shape, vector width or number of threads, and two short chains
/// gather smaller errors than a long one.
func multiply(
  _ left: LeftOperand, rows: Int, _ right: RightPanel, into target: UnsafeMutablePointer<Float>,
  rowStride: Int, _ mode: ProductTarget = .overwritten
) {
  let product = PanelProduct(
    left: left, right: right, target: target, rowStride: rowStride, mode: mode)
  // Two chains of sums for sixteen columns fill twelve of AVX2's sixteen registers with three rows,
  // 24 of AVX-512's 32 with twelve rows, 24 of NEON's 32 with three.
  let most = Processor.hasWideVectors ? TwelveRows.rows : ThreeRows.rows
  // Whole tiles, and the rest in one or two of nearly equal size: in a small tile the processor
  // waits for its sums.
  var rest = rows % most
  if rest != 0 && rest < most / 2 && rows > most { rest += most }
  let whole = rows - rest
  if Processor.hasWideVectors {
    product.compute(TwelveRows.self, rows: 0..<whole)
  } else {
    product.compute(ThreeRows.self, rows: 0..<whole)
  }
  let middle = rest > most ? whole + (rest + 1) / 2 : rows
  product.computeTile(rows: whole..<middle)
  product.computeTile(rows: middle..<rows)
}

/// A product of which tiles are computed one by one.
private struct PanelProduct {
  let left: LeftOperand
  let right: RightPanel
  let target: UnsafeMutablePointer<Float>
  let rowStride: Int
  let mode: ProductTarget

  /// Computes rows that are no more than the largest tile's.
  @inline(never)
  func computeTile(rows: Range<Int>) {
    switch rows.count {
    case 0: break
    case 1: compute(OneRow.self, rows: rows)
    case 2: compute(TwoRows.self, rows: rows)
    case 3: compute(ThreeRows.self, rows: rows)
    default: if Processor.hasWideVectors { computeTallTile(rows: rows) }
    }
  }

  private func computeTallTile(rows: Range<Int>) {
    switch rows.count {
    case 4: compute(FourRows.self, rows: rows)
    case 5: compute(FiveRows.self, rows: rows)
    case 6: compute(SixRows.self, rows: rows)
    case 7: compute(SevenRows.self, rows: rows)
    case 8: compute(EightRows.self, rows: rows)
    case 9: compute(NineRows.self, rows: rows)
    case 10: compute(TenRows.self, rows: rows)
    case 11: compute(ElevenRows.self, rows: rows)
    default: compute(TwelveRows.self, rows: rows)
    }
  }

  /// Computes rows that are a multiple of a tile's.
  @inline(__always)
  func compute<Tile: RowTile>(_: Tile.Type, rows: Range<Int>) {
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Tile.rows) {
      var (even, odd) = (Tile(), Tile())
      addTerms(row: row, &even, &odd)
      even.add(odd)
      let target = target + row * rowStride
      if case .accumulated = mode { even.add(target, rowStride: rowStride) }
      if right.width == Buffer.vectorWidth {
        even.store(to: target, rowStride: rowStride)
      } else {
        even.store(columns: right.width, to: target, rowStride: rowStride)
      }
    }
  }

  /// Adds the terms of even and of odd place in their run.
  @inline(__always)
  private func addTerms<Tile: RowTile>(row: Int, _ even: inout Tile, _ odd: inout Tile) {
    let leftStart = left.start + row * left.rowStride
    var rightTerm = right.start
    for run in 0..<left.runs {
      var leftTerm = leftStart + run * left.runStride
      for _ in 0..<left.runLength / 2 {
        even.add(leftTerm, rowStride: left.rowStride, times: rightTerm.vector)
        odd.add(
          leftTerm + left.termStride, rowStride: left.rowStride,
          times: (rightTerm + right.termStride).vector)
        leftTerm += 2 * left.termStride
        rightTerm += 2 * right.termStride
      }
      if left.runLength % 2 == 1 {
        even.add(leftTerm, rowStride: left.rowStride, times: rightTerm.vector)
        rightTerm += right.termStride
      }
      rightTerm += right.runGap
    }
  }
}
