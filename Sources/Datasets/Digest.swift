import CCrypto
import Engine
import Foundation

/// The SHA-256 (FIPS 180-4) of some bytes, in 64 lower-case hexadecimal digits.
///
/// - Parameter parts: The bytes; several parts are hashed as if they were one after another.
public func sha256Hex<Bytes: ContiguousBytes>(_ parts: Bytes...) -> String {
  sha256Hex(joining: parts)
}

/// The SHA-256 of `parts` as if they were one after another.
func sha256Hex(joining parts: [some ContiguousBytes]) -> String {
  digestHex(EVP_sha256(), of: parts)
}

/// The MD5 (RFC 1321) of some bytes, in 32 lower-case hexadecimal digits: enough to see that a file
/// is the one that was published, no protection against somebody who makes another one on purpose.
package func md5Hex(_ bytes: some ContiguousBytes) -> String { digestHex(EVP_md5(), of: [bytes]) }

private func digestHex(_ algorithm: OpaquePointer?, of parts: [some ContiguousBytes]) -> String {
  let digest = RunningDigest(algorithm)
  for part in parts { digest.update(part) }
  return digest.hex()
}

/// A digest of bytes that need not be in memory together.
final class RunningDigest {
  private let context = EVP_MD_CTX_new()
  private var succeeded: Bool

  /// A digest by an algorithm of libcrypto.
  fileprivate init(_ algorithm: OpaquePointer?) {
    succeeded = EVP_DigestInit_ex(context, algorithm, nil) == 1
  }

  deinit { EVP_MD_CTX_free(context) }

  /// The SHA-256 of no bytes yet.
  static func sha256() -> RunningDigest { RunningDigest(EVP_sha256()) }

  /// Takes the bytes that come next.
  func update(_ bytes: some ContiguousBytes) {
    bytes.withUnsafeBytes {
      succeeded = succeeded && EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1
    }
  }

  /// The digest of all bytes, in lower-case hexadecimal digits. It takes no more bytes.
  func hex() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    succeeded = succeeded && EVP_DigestFinal_ex(context, &digest, &length) == 1
    require(succeeded, "libcrypto offers this algorithm wherever it is installed.")
    return digest.prefix(Int(length)).map {
      String(UInt16($0) + 0x100, radix: 16).dropFirst()
    }.joined()
  }
}
