import CCrypto
import Engine
import Foundation

/// Returns the SHA-256 (FIPS 180-4) of bytes as 64 lower-case hexadecimal digits.
///
/// - Parameter parts: The bytes; several parts are hashed as their concatenation.
public func sha256Hex<Bytes: ContiguousBytes>(_ parts: Bytes...) -> String {
  let digest = RunningDigest.sha256()
  for part in parts { digest.update(part) }
  return digest.finish()
}

/// A cryptographic hash that is computed from consecutive parts.
@safe package final class RunningDigest {
  private let context = unsafe EVP_MD_CTX_new()
  private var succeeded: Bool

  /// Creates an empty hash with an algorithm of libcrypto.
  fileprivate init(_ algorithm: OpaquePointer?) {
    succeeded = unsafe EVP_DigestInit_ex(context, algorithm, nil) == 1
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Creates an empty SHA-256 hash (FIPS 180-4).
  package static func sha256() -> RunningDigest { unsafe RunningDigest(EVP_sha256()) }

  /// Creates an empty MD5 hash (RFC 1321), which detects accidental changes of a file, not deliberate ones.
  package static func md5() -> RunningDigest { unsafe RunningDigest(EVP_md5()) }

  /// Appends bytes to the hashed content.
  package func update(_ bytes: some ContiguousBytes) {
    unsafe bytes.withUnsafeBytes {
      succeeded = unsafe succeeded && EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1
    }
  }

  /// Finishes the hash and returns it in lower-case hexadecimal digits; no bytes can be appended after.
  package func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    succeeded = unsafe succeeded && EVP_DigestFinal_ex(context, &digest, &length) == 1
    require(
      succeeded, "libcrypto could not compute a hash, expected it to support SHA-256 and MD5.")
    return digest.prefix(Int(length)).map {
      String(UInt16($0) + 0x100, radix: 16).dropFirst()
    }.joined()
  }
}
