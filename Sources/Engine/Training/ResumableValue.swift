import Files
import Foundation

/// A value that is saved and restored with the state of a training run, such as its learning curve.
public final class ResumableValue<Value: Codable>: Resumable {
  /// The value.
  public var value: Value

  /// A value that is saved as JSON; Doubles and Floats in it keep their bits.
  public init(_ value: Value) { self.value = value }

  /// One piece of state, "value".
  public var state: [NamedState] {
    [
      .bytes(
        "value",
        get: { Array(jsonText(self.value).utf8) },
        set: { self.value = try JSON.decode(Value.self, from: Data($0)) })
    ]
  }
}

/// A value as JSON; the process ends with a message if it cannot be written as JSON.
package func jsonText(_ value: some Encodable) -> String {
  guard let json = try? JSON.encode(value) else {
    fatalError("A \(type(of: value)) cannot be written as JSON.")
  }
  return String(decoding: json, as: UTF8.self)
}
