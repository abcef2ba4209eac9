import Datasets
import Foundation

/// Returns the MD5 of bytes as 32 lower-case hexadecimal digits.
func md5Hex(_ bytes: some ContiguousBytes) -> String {
  let digest = RunningDigest.md5()
  digest.update(bytes)
  return digest.finish()
}
