import Engine
import Foundation
import Testing

@Suite struct FingerprintTests {
  /// The reference hashes of FNV-1a: of no bytes, and of the bytes of "foobarba" as two Floats.
  @Test func isFNV1a() {
    let numbers: [Float] = [1.1041997e+21, 2.6107538e+20]
    #expect(numbers.flatMap { withUnsafeBytes(of: $0, Array.init) } == Array("foobarba".utf8))
    #expect(Fingerprint().description == "cbf29ce484222325")
    #expect(bits(numbers).description == "738914eb4e1451ad")
  }

  /// Against the same hash of Python's `struct.pack("<3f", 1, -2.5, 0)` and `"<2d"`; leading zeros
  /// are written.
  @Test func isTakenOfLittleEndianBits() {
    #expect(bits([1, -2.5, 0]).description == "00f3a969ef350f78")
    var doubles = Fingerprint()
    doubles.add([1, -2.5] as [Double])
    #expect(doubles.description == "2f20b4ea1c69d79c")
  }

  @Test func seesEveryBitAndTheOrder() {
    let numbers: [Float] = [1, 2, 3, 0]
    let reference = bits(numbers)
    for place in numbers.indices {
      var changed = numbers
      changed[place] = numbers[place].nextUp
      #expect(bits(changed) != reference)
    }
    #expect(bits([1, 3, 2, 0]) != reference)
    #expect(bits([1, 2, 3, -0.0]) != reference)
    #expect(
      Fingerprint([Tensor([1, 2], shape: [2]), Tensor([3, 0], shape: [1, 2])]) == reference)
  }

  @Test func isWrittenAsTextAndReadBack() throws {
    let fingerprint = bits([1, 2])
    let json = try JSONEncoder().encode([fingerprint])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(fingerprint)\"]")
    #expect(try JSONDecoder().decode([Fingerprint].self, from: json) == [fingerprint])
    for bad in [
      "", "00f3a969ef350f7", "00f3a969ef350f78a", "00f3a969ef350f7g", "+0f3a969ef350f78",
      "00F3A969EF350F78",
    ] {
      #expect(Fingerprint(bad) == nil)
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Fingerprint].self, from: Data("[\"none\"]".utf8))
    }
  }

  private func bits(_ numbers: [Float]) -> Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.add(numbers)
    return fingerprint
  }
}
