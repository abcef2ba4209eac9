import Engine
import Testing

/// Products of packed matrices against the plain loop, to the bit.
@Suite struct PackedMatrixTests {
  /// Numbers of rows, terms and columns around the sizes of tiles and panels.
  private static let cases: [(rows: Int, terms: Int, columns: Int)] =
    (1...27).map { ($0, 7, 16) } + (0...9).map { (5, $0, 3) }
    + [(1, 1, 1), (13, 64, 15), (13, 33, 17), (48, 128, 128), (7, 100, 50)]

  @Test(arguments: cases)
  func rowsOfTheLeftOperand(rows: Int, terms: Int, columns: Int) {
    let (left, right) = operands(rows, terms, columns)
    let product = unsafe PackedMatrix(right.pointer, rows: terms, columns: columns)
    let result = Tensor(uninitialised: [rows, columns])
    unsafe product.multiplied(byRowsOf: left.pointer, rows, into: result.pointer)
    let expected = plainProduct(rows, terms, columns) { row, term, column in
      unsafe (left.pointer[row * terms + term], right.pointer[term * columns + column])
    }
    #expect(result.scalars.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: cases)
  func columnsOfTheLeftOperandAndTransposedRightOne(rows: Int, terms: Int, columns: Int) {
    let (left, right) = operands(rows, terms, columns)
    let product = unsafe PackedMatrix(transposing: right.pointer, rows: terms, columns: columns)
    let result = Tensor(uninitialised: [rows, columns])
    unsafe product.multiplied(byColumnsOf: left.pointer, rows, into: result.pointer)
    let expected = plainProduct(rows, terms, columns) { row, term, column in
      unsafe (left.pointer[term * rows + row], right.pointer[column * terms + term])
    }
    #expect(result.scalars.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  private func operands(_ rows: Int, _ terms: Int, _ columns: Int) -> (Tensor, Tensor) {
    (
      Fixture.uniform("product/left \(rows) \(terms)", in: [-1, 1], shape: [rows * terms]),
      Fixture.uniform("product/right \(terms) \(columns)", in: [-1, 1], shape: [terms * columns])
    )
  }

  /// The product as the kernel's documentation defines it: the chain of the terms of even place plus
  /// that of the others, each term added by a fused multiply–add.
  private func plainProduct(
    _ rows: Int, _ terms: Int, _ columns: Int,
    _ factors: (_ row: Int, _ term: Int, _ column: Int) -> (Float, Float)
  ) -> [Float] {
    (0..<rows * columns).map { place in
      var sums: [Float] = [0, 0]
      for term in 0..<terms {
        let (a, b) = factors(place / columns, term, place % columns)
        sums[term % 2].addProduct(a, b)
      }
      return sums[0] + sums[1]
    }
  }
}
