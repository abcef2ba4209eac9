import Files
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program's output: results go to standard output, notices and progress to standard error.
///
/// A notice that cannot be written is ignored, and work continues. A result that cannot be written is
/// an error, which ends the program.
package final class Console {
  package let isTerminal: Bool
  /// The first error of printing a result, if any.
  package private(set) var printingError: (any Error)?
  private let output: (String) throws -> Void
  private let errors: (String) -> Void
  private let columns: () -> Int
  private var barIsShown = false

  /// A console that writes to two functions; on a terminal a line on `errors` can be overwritten.
  package init(
    isTerminal: Bool, columns: @escaping () -> Int = { 80 },
    output: @escaping (String) throws -> Void, errors: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.output = output
    self.errors = errors
  }

  /// The standard output and standard error of this process.
  package static var standard: Console {
    Console(
      isTerminal: isTerminalWithControlCharacters(STDERR_FILENO), columns: terminalColumns,
      output: { try writeToStandardOutput($0) }, errors: { writeToStandardError($0) })
  }

  /// Prints a result, of one or several lines that may have tabs. Other control characters, such as those in the name
  /// of a file, become visible escapes.
  package func print(_ text: String) {
    clearBar()
    do {
      try output(text.withVisibleControlCharacters(except: ["\n", "\t"]) + "\n")
    } catch {
      printingError = printingError ?? error
    }
  }

  /// Writes a line to standard error, with visible escapes in place of control characters, such as those in the
  /// name of a file.
  package func note(_ line: String) {
    clearBar()
    errors(line.withVisibleControlCharacters + "\n")
  }

  /// Shows `line` in place of the last bar, truncated to the terminal's width.
  package func showBar(_ line: String) {
    errors("\r" + line.prefix(max(0, columns() - 1)) + eraseToEndOfLine)
    barIsShown = true
  }

  private func clearBar() {
    guard barIsShown else { return }
    errors("\r" + eraseToEndOfLine)
    barIsShown = false
  }
}

/// The ANSI escape sequence EL, which erases to the end of the line.
private let eraseToEndOfLine = "\u{1B}[K"

/// The current width of the terminal on standard error; 80 if it has none.
private func terminalColumns() -> Int {
  var size = winsize()
  guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
    return 80
  }
  return Int(size.ws_col)
}
