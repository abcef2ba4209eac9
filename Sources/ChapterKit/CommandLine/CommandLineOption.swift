import Files
import Foundation

/// A long option of a program, declared once: its name, its argument and their validation, its
/// help.
///
///     let temperatures = CommandLineOption(
///       "temperature", .numbers("numbers above 0") { $0 > 0 }, default: [1, 0.5], "…")
///     …
///     run[temperatures]
///
/// An option without a default is `nil` where it was not given.
public struct CommandLineOption<Value: Sendable>: Sendable, DeclaredOption {
  /// What the parser and the help need to know.
  public let declaration: OptionDeclaration
  let absent: Value

  /// An option with an argument and a value of its own where it is not given.
  public init(_ name: String, _ argument: OptionArgument<Value>, default: Value, _ help: String) {
    declaration = OptionDeclaration(
      name: name, placeholder: argument.placeholder, expectation: argument.expectation,
      help: "\(help) (default \(argument.text(`default`)))", value: argument.parse)
    absent = `default`
  }

  /// An option with an argument, `nil` where it is not given.
  public init<Wrapped>(_ name: String, _ argument: OptionArgument<Wrapped>, _ help: String)
  where Value == Wrapped? {
    declaration = OptionDeclaration(
      name: name, placeholder: argument.placeholder, expectation: argument.expectation, help: help,
      value: argument.parse)
    absent = nil
  }

  /// An option without an argument: `true` where it is given, unless as `--name=0`.
  public init(flag name: String, _ help: String) where Value == Bool {
    declaration = OptionDeclaration(
      name: name, placeholder: nil, expectation: "no value, 1 or 0", help: help,
      value: { ["": true, "1": true, "0": false][$0] })
    absent = false
  }
}

/// An option, whatever the type of its value.
public protocol DeclaredOption: Sendable {
  /// What the parser and the help need to know.
  var declaration: OptionDeclaration { get }
}

/// What the parser and the help need to know of an option.
public struct OptionDeclaration: Sendable {
  /// The long name, without the hyphens.
  package let name: String
  /// What the help calls the argument; `nil` for a flag.
  package let placeholder: String?
  /// Which arguments are right, in words that follow "expected".
  package let expectation: String
  package let help: String
  /// The value of an argument (empty for a flag), or `nil` where it is not as expected.
  package let value: @Sendable (String) -> (any Sendable)?
}

/// The argument of an option: how it is read, and what is expected of it in words.
public struct OptionArgument<Value: Sendable>: Sendable {
  let placeholder: String
  let expectation: String
  let text: @Sendable (Value) -> String
  let parse: @Sendable (String) -> Value?

  /// An argument read by `parse`, which gives `nil` for anything but `expectation`.
  public init(
    _ placeholder: String, expecting expectation: String,
    text: @escaping @Sendable (Value) -> String = { "\($0)" },
    parse: @escaping @Sendable (String) -> Value?
  ) {
    self.placeholder = placeholder
    self.expectation = expectation
    self.text = text
    self.parse = parse
  }
}

extension OptionArgument where Value == Int {
  /// A whole number within `range`.
  public static func wholeNumber(in range: ClosedRange<Int>) -> Self {
    OptionArgument(
      "N", expecting: "a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension OptionArgument where Value == Double {
  /// A finite number for which `isValid` holds, such as "a number above 0".
  public static func number(
    _ expectation: String, where isValid: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    OptionArgument("X", expecting: expectation) { text in
      Double(text).flatMap { $0.isFinite && isValid($0) ? $0 : nil }
    }
  }
}

extension OptionArgument where Value == [Double] {
  /// One or more different finite numbers with commas between them, for each of which `isValid`
  /// holds, such as "numbers above 0".
  public static func numbers(
    _ expectation: String, where isValid: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    let element = OptionArgument<Double>.number(expectation, where: isValid)
    return OptionArgument(
      "X[,X…]", expecting: "different \(expectation) with commas between them",
      text: { $0.map { "\($0)" }.joined(separator: ",") }
    ) { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { element.parse(String($0)) }
      return Set(numbers).count == parts.count ? numbers : nil
    }
  }
}

extension OptionArgument {
  /// The raw value of one of a few choices.
  public static func oneOf(_ choices: [Value]) -> Self
  where Value: RawRepresentable, Value.RawValue == String {
    oneOf(choices) { $0.rawValue }
  }

  /// The name of one of a few choices.
  public static func oneOf(
    _ choices: [Value], named name: @escaping @Sendable (Value) -> String
  ) -> Self {
    let names = choices.map(name)
    return OptionArgument(
      names.joined(separator: "|"), expecting: names.joined(separator: ", "), text: name
    ) { text in
      choices.first { name($0) == text }
    }
  }
}

extension OptionArgument where Value == URL {
  /// A directory that need not exist yet.
  public static var directory: Self {
    OptionArgument("DIR", expecting: "the path of a directory", text: \.relativePath) { text in
      text.isEmpty ? nil : URL(filePath: text, directoryHint: .isDirectory)
    }
  }

  /// A directory that exists.
  public static var existingDirectory: Self {
    OptionArgument("DIR", expecting: "an existing directory", text: \.relativePath) { text in
      let url = URL(filePath: text, directoryHint: .isDirectory)
      return !text.isEmpty && url.isExistingDirectory ? url : nil
    }
  }
}
