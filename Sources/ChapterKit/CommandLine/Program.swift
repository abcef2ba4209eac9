import Files
import Foundation

/// A command-line program with options, a help text and one-line errors.
///
/// An error that the body throws becomes one line on standard error, "name: …". The exit status is 1,
/// 2 for an invalid command line, 75 if another process is at work on the same files, or 128 + the signal's number for
/// an interruption.
public struct Program: Sendable {
  let name: String
  let summary: String
  /// The words that follow the options, for the help; nil if there are none.
  let words: String?
  let parser: OptionParser

  private static let help = CommandLineOption(flag: "help", "show this help")

  /// A program with `options` and `--help`.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - summary: A summary for the help.
  ///   - words: The arguments besides the options, as the help names them: "FILE…"; nil for none.
  ///   - options: The options.
  public init(
    _ name: String, summary: String, words: String? = nil, options: [any DeclaredOption]
  ) {
    self.name = name
    self.summary = summary
    self.words = words
    parser = OptionParser(options + [Program.help], acceptsWords: words != nil)
  }

  /// Parses the process's arguments and runs `body`; returns the exit status.
  public func run(_ body: (Invocation) throws -> Void) -> Int32 {
    prepareStandardStreams()
    return run(arguments: try argumentsOfProcess(), console: .standard, body)
  }

  package func run(
    arguments: @autoclosure () throws -> [String], console: Console,
    _ body: (Invocation) throws -> Void
  ) -> Int32 {
    do {
      let values = try parser.parse(arguments())
      if values[Program.help] {
        console.print(helpText)
      } else {
        try body(Invocation(values: values, console: console))
      }
      if let error = console.printingError { throw error }
      return 0
    } catch {
      report(error, to: console)
      return exitStatus(for: error)
    }
  }

  /// Writes the line of an error.
  ///
  /// Of the processes of mpirun, rank 0 is the first to do so. Where it has the same error, it ends the others
  /// before they repeat it.
  private func report(_ error: any Error, to console: Console) {
    let rank = Processes.rankOfMPI
    guard rank > 0 else { return console.note("\(name): \(oneLine(error))") }
    guard !(error is Interruption) else { return }
    sleep(1)
    console.note("\(name): rank \(rank): \(oneLine(error))")
  }

  package var helpText: String {
    let rows = parser.options.map { option in
      ("--" + option.name + (option.placeholder.map { " " + $0 } ?? ""), option.help)
    }
    let width = rows.map(\.0.count).max() ?? 0
    return "usage: \(name) [options]\(words.map { " " + $0 } ?? "")\n\n\(summary)\n\noptions:\n"
      + rows.map { "  " + padded($0.0, to: width) + "  " + $0.1 }.joined(separator: "\n")
  }
}

/// The arguments of the process.
///
/// - Throws: ``UsageError`` if one is not in UTF-8: no `String` would lead to the file that it names.
private func argumentsOfProcess() throws(UsageError) -> [String] {
  for (index, text) in CommandLine.arguments.enumerated() {
    guard unsafe String(validatingCString: CommandLine.unsafeArgv[index]!) != nil else {
      throw UsageError("found the argument \"\(text)\", expected text in UTF-8")
    }
  }
  return Array(CommandLine.arguments.dropFirst())
}

/// One run of a program: the values of its options and its console.
public struct Invocation {
  let values: OptionValues
  package let console: Console

  /// The value of an option, or its default.
  public subscript<Value>(option: CommandLineOption<Value>) -> Value { values[option] }

  /// The arguments besides the options.
  public var words: [String] { values.words }

  /// Writes a line to standard error.
  public func note(_ line: String) { console.note(line) }

  /// Prints a result to standard output.
  public func print(_ text: String) { console.print(text) }
}
