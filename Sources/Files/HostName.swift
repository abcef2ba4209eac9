import Foundation

/// The name of this host or container; other characters than letters and digits become full stops.
package let hostName: String = {
  var name = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown" }
  let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let kept = text.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "." }
  return kept.isEmpty ? "unknown" : String(kept)
}()
