import Embedding
import Engine
import Foundation
import Testing

@Suite struct PCATests {
  /// The reference is scikit-learn's PCA by singular values in double precision. The variances come from
  /// Float sums of up to 1,024 products (relative rounding error about 1e-6); the projections are Float sums
  /// over 64 pixels of up to 16.
  @Test func agreesWithScikitLearn() throws {
    let fixture = try Fixture()
    let pca = try PCA(fitting: fixture.digits, components: 5)
    #expect(pca.explainedVariance.count == 5)
    for component in 0..<5 {
      let variance = fixture.expected.explainedVariance[component]
      #expect(abs(pca.explainedVariance[component] / variance - 1) < 1e-5)
      let ratio = fixture.expected.explainedVarianceRatio[component]
      #expect(abs(pca.explainedVarianceRatio[component] / ratio - 1) < 1e-5)
    }
    let projected = pca.transform(fixture.digits)
    #expect(projected.rows == 500 && projected.columns == 5)
    for (row, expected) in fixture.expected.projected.enumerated() {
      for component in 0..<5 {
        #expect(abs(projected.values[row * 5 + component] - expected[component]) < 1e-3)
      }
    }
  }

  /// The rows fill several chunks of the covariance. The variances of independent normal columns must be found
  /// in descending order, within five standard errors (√(2/n) relative).
  @Test func findsTheAxesOfLargestVarianceOfManyRows() throws {
    var random = RandomStream(seed: 8, "axes")
    let deviations: [Float] = [1, 5, 0.2, 3]
    let values = (0..<5000).flatMap { _ in deviations.map { 100 + $0 * random.normal() } }
    let pca = try PCA(fitting: Matrix(rows: 5000, columns: 4, values: values), components: 4)
    for (variance, expected) in zip(pca.explainedVariance, [25.0, 9, 1, 0.04]) {
      #expect(abs(variance / expected - 1) < 0.1)
    }
    #expect(pca.axes.values[1] > 0.99)
    #expect(pca.axes.values[4 + 3] > 0.99)
  }

  @Test func equalRowsHaveNoVariance() throws {
    let pca = try PCA(
      fitting: Matrix(rows: 10, columns: 3, values: .init(repeating: 2, count: 30)), components: 2)
    #expect(pca.explainedVariance == [0, 0])
    #expect(pca.explainedVarianceRatio == [0, 0])
    #expect(
      pca.transform(Matrix(rows: 1, columns: 3, values: [2, 2, 2])).values.allSatisfy { $0 == 0 })
  }

  /// Like ``TSNE`` for the same rows.
  @Test func inputWithoutAnswerIsNamed() {
    func expect(_ line: String, _ values: [Float], columns: Int = 2, components: Int = 1) {
      let rows = Matrix(rows: values.count / columns, columns: columns, values: values)
      let error = #expect(throws: InvalidInput.self) {
        try PCA(fitting: rows, components: components)
      }
      #expect(error?.description == "PCA: \(line)")
    }
    expect("rows: found 1, expected at least 2", [1, 2])
    expect(
      "components: found 0, expected 1 to 2, the numbers in a row", [1, 2, 3, 4], components: 0)
    expect(
      "components: found 3, expected 1 to 2, the numbers in a row", [1, 2, 3, 4], components: 3)
    for number in [Float.nan, .infinity, 3e38] {
      expect(
        "rows: found numbers that are not finite or whose squares overflow, expected others",
        [1, number, 3, -number])
    }
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let digits = try Fixture().digits
    func projected(threads: Int) throws -> [Float] {
      try Parallel.$threads.withValue(threads) {
        try PCA(fitting: digits, components: 10).transform(digits).values
      }
    }
    let reference = try projected(threads: 1)
    #expect(try projected(threads: 2) == reference)
    #expect(try projected(threads: 5) == reference)
  }
}
