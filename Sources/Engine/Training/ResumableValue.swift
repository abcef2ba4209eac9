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
        get: {
          guard let json = try? JSON.encode(self.value) else {
            fatalError("A \(Value.self) cannot be written as JSON.")
          }
          return [UInt8](json)
        },
        set: { self.value = try JSON.decode(Value.self, from: Data($0)) })
    ]
  }
}
