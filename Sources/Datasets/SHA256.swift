import CCrypto
import Foundation

/// The SHA-256 (FIPS 180-4) of some bytes, in 64 lower-case hexadecimal digits.
///
/// - Parameter parts: The bytes; several parts are hashed as if they were one after another.
public func sha256Hex<Bytes: ContiguousBytes>(_ parts: Bytes...) -> String {
  let context = EVP_MD_CTX_new()
  defer { EVP_MD_CTX_free(context) }
  var digest = [UInt8](repeating: 0, count: 32)
  var succeeded = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
  for part in parts {
    part.withUnsafeBytes {
      succeeded = succeeded && EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1
    }
  }
  succeeded = succeeded && EVP_DigestFinal_ex(context, &digest, nil) == 1
  precondition(succeeded, "libcrypto offers SHA-256 wherever it is installed.")
  return digest.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
}
