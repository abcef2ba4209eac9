import Files
import Foundation

/// A long option of a program: its name, its argument with validation, and its help text.
///
///     let temperatures = CommandLineOption(
///       "temperature", .numbers("numbers above 0") { $0 > 0 }, default: [1, 0.5], "…")
///     …
///     run[temperatures]
///
/// The value of an option without a default is nil if the option is not given.
public struct CommandLineOption<Value: Sendable>: Sendable, DeclaredOption {
  /// The name, argument and help text, for the parser and the help.
  public private(set) var declaration: OptionDeclaration
  let defaultValue: Value

  /// An option with an argument and a default value.
  public init(_ name: String, _ argument: OptionArgument<Value>, default: Value, _ help: String) {
    declaration = OptionDeclaration(
      name: name, placeholder: argument.placeholder, expectation: argument.expectation,
      help: "\(help) (default \(argument.text(`default`)))",
      defaultText: argument.text(`default`), value: argument.parse,
      text: { ($0 as? Value).map(argument.text) ?? "" })
    defaultValue = `default`
  }

  /// An option with an argument; nil if it is not given.
  public init<Wrapped>(_ name: String, _ argument: OptionArgument<Wrapped>, _ help: String)
  where Value == Wrapped? {
    declaration = OptionDeclaration(
      name: name, placeholder: argument.placeholder, expectation: argument.expectation, help: help,
      defaultText: nil, value: argument.parse,
      text: { ($0 as? Wrapped).map(argument.text) ?? "" })
    defaultValue = nil
  }

  /// A flag, an option without an argument: true if it is given, unless as `--name=0`.
  public init(flag name: String, _ help: String) where Value == Bool {
    declaration = OptionDeclaration(
      name: name, placeholder: nil, expectation: "no value, 1 or 0", help: help,
      defaultText: "0", value: { ["": true, "1": true, "0": false][$0] },
      text: { $0 as? Bool == true ? "1" : "0" })
    defaultValue = false
  }

  /// The same option, marked as one that does not change results, such as a folder or the number of
  /// threads: records do not contain it.
  public func withoutEffectOnResults() -> Self {
    var option = self
    option.declaration.changesResults = false
    return option
  }

  /// The same option, marked as one with which a run leaves the record, the pictures and the tables in OUT as
  /// they are. Other runs of the chapter in the same OUT can go on meanwhile.
  public func withoutRecord() -> Self {
    var option = withoutEffectOnResults()
    option.declaration.preventsRecord = true
    return option
  }
}

/// An option with a value of any type.
public protocol DeclaredOption: Sendable {
  /// The name, argument and help text, for the parser and the help.
  var declaration: OptionDeclaration { get }
}

/// The name, argument and help text of an option, for the parser and the help.
public struct OptionDeclaration: Sendable {
  /// The long name, without the hyphens.
  package let name: String
  /// The argument's placeholder in the help, such as "N"; nil for a flag.
  package let placeholder: String?
  /// A description of valid arguments that can follow "expected" in an error message.
  package let expectation: String
  package let help: String
  /// The default value as an argument; nil if there is none.
  let defaultText: String?
  /// Whether results depend on the option, so that records contain it.
  package fileprivate(set) var changesResults = true
  /// Whether a run with the option writes no record.
  fileprivate(set) var preventsRecord = false
  /// Parses an argument (empty for a flag); returns nil if it is not valid.
  package let value: @Sendable (String) -> (any Sendable)?
  /// The argument from which ``value`` parses a value, in one form for equal values.
  let text: @Sendable (any Sendable) -> String
}

/// The argument of an option: its parser and a description of valid arguments.
public struct OptionArgument<Value: Sendable>: Sendable {
  let placeholder: String
  let expectation: String
  let text: @Sendable (Value) -> String
  let parse: @Sendable (String) -> Value?

  /// An argument with a parser.
  ///
  /// - Parameters:
  ///   - placeholder: The argument's name in the help, such as "N".
  ///   - expectation: A description of valid arguments that can follow "expected".
  ///   - text: Formats a value as an argument that `parse` accepts, for the help, records and commands.
  ///   - parse: Parses an argument; returns nil if it is not valid.
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

extension OptionArgument where Value == String {
  /// A text that is not empty.
  public static func text(_ placeholder: String, expecting expectation: String) -> Self {
    OptionArgument(placeholder, expecting: expectation) { $0.isEmpty ? nil : $0 }
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
  /// A finite number that satisfies `isValid`, described by `expectation`, such as "a number above 0".
  public static func number(
    _ expectation: String, where isValid: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    OptionArgument("X", expecting: expectation) { text in
      Double(text).flatMap { $0.isFinite && isValid($0) ? $0 : nil }
    }
  }
}

extension OptionArgument where Value == [Double] {
  /// One or more distinct finite numbers, separated by commas, that satisfy `isValid`; `expectation`
  /// describes them, such as "numbers above 0".
  public static func numbers(
    _ expectation: String, where isValid: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    let element = OptionArgument<Double>.number(expectation, where: isValid)
    return OptionArgument(
      "X[,X…]", expecting: "distinct \(expectation), separated by commas",
      text: { $0.map { "\($0)" }.joined(separator: ",") }
    ) { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { element.parse(String($0)) }
      return Set(numbers).count == parts.count ? numbers : nil
    }
  }
}

extension OptionArgument {
  /// One of `choices`, given by its raw value.
  public static func oneOf(_ choices: [Value]) -> Self
  where Value: RawRepresentable, Value.RawValue == String {
    oneOf(choices) { $0.rawValue }
  }

  /// One of `choices`, given by its name.
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
      text.isEmpty ? nil : URL(argument: text, directoryHint: .isDirectory)
    }
  }

  /// A directory that exists.
  public static var existingDirectory: Self {
    OptionArgument("DIR", expecting: "an existing directory", text: \.relativePath) { text in
      let url = URL(argument: text, directoryHint: .isDirectory)
      return !text.isEmpty && url.isExistingDirectory ? url : nil
    }
  }
}
