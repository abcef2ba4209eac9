import Datasets
import Foundation
import Testing

@Suite struct DigestTests {
  /// The examples of NIST's Secure Hash Standard, and the empty input.
  @Test(arguments: [
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func knownAnswers(text: String, repetitions: Int, expected: String) {
    let text = String(repeating: text, count: repetitions)
    #expect(sha256Hex(Data(text.utf8)) == expected)
    #expect(sha256Hex(Array(text.utf8)) == expected)
  }

  @Test func partsAreHashedAsTheirConcatenation() {
    #expect(sha256Hex([0x61], [], [0x62, 0x63] as [UInt8]) == sha256Hex(Data("abc".utf8)))
  }

  /// Examples of the algorithm's description (RFC 1321).
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
  ])
  func knownAnswersOfMD5(text: String, expected: String) {
    #expect(md5Hex(Data(text.utf8)) == expected)
  }
}
