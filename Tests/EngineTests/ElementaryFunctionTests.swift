import Engine
import Testing

/// Against mpmath's values: see `Fixtures/make_elementary.py`.
@Suite struct ElementaryFunctionTests {
  private typealias Function<Number> = @Sendable ([Number]) -> Number

  private static let double: [String: Function<Double>] = [
    "exp": { .exp($0[0]) }, "expMinusOne": { .expMinusOne($0[0]) }, "log": { .log($0[0]) },
    "logOnePlus": { .log(onePlus: $0[0]) }, "pow": { .pow($0[0], $0[1]) },
    "sin": { .sin($0[0]) }, "cos": { .cos($0[0]) }, "atan2": { .atan2(y: $0[0], x: $0[1]) },
    "logGamma": { .logGamma($0[0]) },
  ]

  private static let single: [String: Function<Float>] = [
    "exp": { .exp($0[0]) }, "log": { .log($0[0]) }, "pow": { .pow($0[0], $0[1]) },
    "sin": { .sin($0[0]) }, "cos": { .cos($0[0]) }, "atan2": { .atan2(y: $0[0], x: $0[1]) },
  ]

  /// Within one unit in the last place of the value, to which rounding the fixture adds a half.
  @Test(arguments: Self.double.keys.sorted())
  func doublesAreWithinAUnitInTheLastPlace(name: String) throws {
    let function = try #require(Self.double[name])
    let cases = try #require(try Fixture.elementary()[name])
    #expect(cases.count >= 40)
    for numbers in cases {
      let expected = numbers[numbers.count - 1]
      #expect(
        abs(function(numbers.dropLast()) - expected) <= 1.5 * expected.ulp, "\(name) \(numbers)")
    }
  }

  /// The Float next to the value.
  @Test(arguments: Self.single.keys.sorted())
  func floatsAreCorrectlyRounded(name: String) throws {
    let function = try #require(Self.single[name])
    for numbers in try #require(try Fixture.elementary()[name]) {
      let found = function(numbers.dropLast().map(Float.init))
      #expect(found == Float(numbers[numbers.count - 1]), "\(name) \(numbers)")
    }
  }

  @Test func endsAndPoles() {
    #expect(Double.exp(-.infinity) == 0 && Double.exp(.infinity) == .infinity)
    #expect(Double.exp(0) == 1 && Double.log(1) == 0 && Double.cos(0) == 1)
    #expect(Double.log(0) == -.infinity && Double.log(-1).isNaN)
    #expect(Double.expMinusOne(1e308) == .infinity && Double.pow(0, 2) == 0)
    #expect(Float.exp(-200) == 0 && Float.exp(200) == .infinity && Float.exp(.nan).isNaN)
  }
}
