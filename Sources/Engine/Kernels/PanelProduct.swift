/// The left operand of a matrix product: row r of the product is the sum over the terms t of
/// left[r, t]·right[t].
///
/// The terms are divided into runs of equal length, such as the rows of an image. With suitable
/// strides a product can read patches directly from an image, and a matrix as stored or transposed. All
/// distances are in elements.
@unsafe struct LeftOperand {
  /// The first term of the first row.
  let start: UnsafePointer<Float>
  /// The distance from one row to the next.
  let rowStride: Int
  /// The distance from one term of a run to the next.
  let termStride: Int
  /// The number of terms per run.
  let runLength: Int
  /// The number of runs.
  var runs = 1
  /// The distance from the start of one run to that of the next.
  var runStride = 0
}

/// Sixteen columns of the right operand of a matrix product, or fewer at the right edge.
///
/// The elements of a term are contiguous; the terms have the order and the runs of the left operand. All
/// distances are in elements.
@unsafe struct RightPanel {
  /// The first element of the first term.
  let start: UnsafePointer<Float>
  /// The number of columns, in 1 ... 16. Elements behind them are read, but have no effect.
  let width: Int
  /// The distance from one term of a run to the next.
  let termStride: Int
  /// The additional distance between the last term of a run and the first of the next.
  var runGap = 0
}

/// Whether a product overwrites its target or is added to it.
enum ProductTarget {
  /// The product replaces the elements of the target.
  case overwritten
  /// The product is added to the elements of the target.
  case accumulated
}

/// Computes `target` ← left·right, `rows` rows of `right.width` columns, `rowStride` elements apart.
///
/// Each sum consists of two chains of fused multiply–adds, one over the terms at even positions in
/// their run and one over the others. The second chain is added to the first, and then the element of
/// `target` if the product is accumulated. This order depends on no tile shape, vector width or number
/// of threads, and two short chains accumulate smaller rounding errors than a long one.
func multiply(
  _ left: LeftOperand, rows: Int, _ right: RightPanel, into target: UnsafeMutablePointer<Float>,
  rowStride: Int, _ mode: ProductTarget = .overwritten
) {
  // All convolutions and matrix products end up here.
  if !Processor.hasFusedMultiplyAdd { Processor.printWarning }
  let product = unsafe PanelProduct(
    left: left, right: right, target: target, rowStride: rowStride, mode: mode)
  // Two chains of sums for 16 columns occupy 12 of 16 registers of AVX2 with three rows, 24 of 32 of
  // AVX-512 with twelve rows, and 24 of 32 of NEON with three rows.
  let most = Processor.hasWideVectors ? TwelveRows.rows : ThreeRows.rows
  // Whole tiles first, then one or two of nearly equal size: in a small tile the latency of the sums
  // dominates.
  var rest = rows % most
  if rest != 0 && rest < most / 2 && rows > most { rest += most }
  let whole = rows - rest
  if Processor.hasWideVectors {
    unsafe product.compute(TwelveRows.self, rows: 0..<whole)
  } else {
    unsafe product.compute(ThreeRows.self, rows: 0..<whole)
  }
  let middle = rest > most ? whole + (rest + 1) / 2 : rows
  unsafe product.computeTile(rows: whole..<middle)
  unsafe product.computeTile(rows: middle..<rows)
}

/// A matrix product that is computed tile by tile.
@unsafe private struct PanelProduct {
  let left: LeftOperand
  let right: RightPanel
  /// The first element of the product (rows, right.width), whose rows are `rowStride` elements apart.
  let target: UnsafeMutablePointer<Float>
  let rowStride: Int
  let mode: ProductTarget

  /// Computes a tile of at most as many rows as the largest tile.
  @inline(never)
  func computeTile(rows: Range<Int>) {
    switch rows.count {
    case 0: break
    case 1: unsafe compute(OneRow.self, rows: rows)
    case 2: unsafe compute(TwoRows.self, rows: rows)
    case 3: unsafe compute(ThreeRows.self, rows: rows)
    default: if Processor.hasWideVectors { unsafe computeTallTile(rows: rows) }
    }
  }

  private func computeTallTile(rows: Range<Int>) {
    switch rows.count {
    case 4: unsafe compute(FourRows.self, rows: rows)
    case 5: unsafe compute(FiveRows.self, rows: rows)
    case 6: unsafe compute(SixRows.self, rows: rows)
    case 7: unsafe compute(SevenRows.self, rows: rows)
    case 8: unsafe compute(EightRows.self, rows: rows)
    case 9: unsafe compute(NineRows.self, rows: rows)
    case 10: unsafe compute(TenRows.self, rows: rows)
    case 11: unsafe compute(ElevenRows.self, rows: rows)
    default: unsafe compute(TwelveRows.self, rows: rows)
    }
  }

  /// Computes rows whose number is a multiple of that of a tile.
  @inline(__always)
  func compute<Tile: RowTile>(_: Tile.Type, rows: Range<Int>) {
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Tile.rows) {
      var (even, odd) = (Tile(), Tile())
      unsafe addTerms(row: row, &even, &odd)
      even.add(odd)
      let target = unsafe target + row * rowStride
      if case .accumulated = unsafe mode { unsafe even.add(target, rowStride: rowStride) }
      if unsafe right.width == Storage.vectorWidth {
        unsafe even.store(to: target, rowStride: rowStride)
      } else {
        unsafe even.store(columns: right.width, to: target, rowStride: rowStride)
      }
    }
  }

  /// Adds the terms of the rows from `row` on, at even positions in their run to `even`, at odd ones to `odd`.
  @inline(__always)
  private func addTerms<Tile: RowTile>(row: Int, _ even: inout Tile, _ odd: inout Tile) {
    let leftStart = unsafe left.start + row * left.rowStride
    var rightTerm = unsafe right.start
    for run in unsafe 0..<left.runs {
      var leftTerm = unsafe leftStart + run * left.runStride
      for _ in unsafe 0..<left.runLength / 2 {
        unsafe even.add(leftTerm, rowStride: left.rowStride, times: rightTerm.vector)
        unsafe odd.add(
          leftTerm + left.termStride, rowStride: left.rowStride,
          times: (rightTerm + right.termStride).vector)
        unsafe leftTerm += 2 * left.termStride
        unsafe rightTerm += 2 * right.termStride
      }
      if unsafe left.runLength % 2 == 1 {
        unsafe even.add(leftTerm, rowStride: left.rowStride, times: rightTerm.vector)
        unsafe rightTerm += right.termStride
      }
      unsafe rightTerm += right.runGap
    }
  }
}
