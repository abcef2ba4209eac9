import Engine

/// A parser of long options: "--name value", "--name=value" and "--flag"; and, if it accepts them, of words
/// besides the options.
///
/// Swift's Glibc module does not export `getopt_long`.
package struct OptionParser: Sendable {
  package let options: [OptionDeclaration]
  private let acceptsWords: Bool

  package init(_ options: [any DeclaredOption], acceptsWords: Bool = false) {
    self.options = options.map(\.declaration)
    self.acceptsWords = acceptsWords
    let names = self.options.map(\.name)
    require(Set(names).count == names.count, "Two options share a name: \(names).")
  }

  /// Parses `arguments`, which do not contain the program's name; the last value of an option given
  /// twice counts. If the parser accepts words, every argument after "--" is a word.
  ///
  /// - Throws: ``UsageError``, which names the option, what was found and what was expected.
  package func parse(_ arguments: [String]) throws(UsageError) -> OptionValues {
    var values = OptionValues()
    var words = arguments[...]
    while let word = words.popFirst() {
      if acceptsWords, word == "--" {
        values.words += words
        break
      }
      // The value of a variable that is not set; as a path it would name the current folder.
      guard !word.isEmpty else { throw UsageError("found an empty argument, expected none") }
      if acceptsWords, word == "-" || !word.hasPrefix("-") {
        values.words.append(word)
        continue
      }
      let (name, attached) = split(word)
      let option = try option(named: name, in: word)
      let text = option.placeholder == nil ? attached ?? "" : attached ?? words.popFirst()
      guard let text, let value = option.value(text) else {
        let found = text.map { "\"\($0)\"" } ?? "nothing"
        throw UsageError("--\(option.name): found \(found), expected \(option.expectation)")
      }
      values.store(value, for: option.name)
    }
    return values
  }

  /// Splits "--name=value" into name and value; any other word is a name.
  private func split(_ word: String) -> (name: String, value: String?) {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  private func option(
    named name: String, in word: String
  ) throws(UsageError) -> OptionDeclaration {
    if let option = options.first(where: { "--" + $0.name == name }) { return option }
    let known = options.map { "--" + $0.name }.joined(separator: ", ")
    throw UsageError(
      name.hasPrefix("-")
        ? "\(name): found an unknown option, expected one of \(known)"
        : "found \"\(word)\", expected an option, one of \(known)")
  }
}

/// The values of the options on a command line, and the words besides them.
package struct OptionValues: Sendable {
  private var values: [String: any Sendable] = [:]
  /// The words besides the options.
  package fileprivate(set) var words: [String] = []

  fileprivate mutating func store(_ value: any Sendable, for name: String) { values[name] = value }

  /// The options in `declarations` that were given and do not have their default value, with their
  /// arguments.
  func changed(
    _ declarations: [OptionDeclaration]
  ) -> [(option: OptionDeclaration, argument: String)] {
    declarations.compactMap { option in
      guard let argument = values[option.name].map(option.text), argument != option.defaultText
      else { return nil }
      return (option, argument)
    }
  }

  /// The value of an option, or its default.
  package subscript<Value>(option: CommandLineOption<Value>) -> Value {
    values[option.declaration.name] as? Value ?? option.defaultValue
  }
}
