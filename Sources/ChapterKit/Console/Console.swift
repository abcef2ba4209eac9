import Files
import Foundation

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  @preconcurrency import Darwin
#endif

/// A program's output: results go to standard output, notices and progress to standard error.
///
/// Notices and progress are a courtesy: where they cannot be written, work goes on. Results that
/// cannot be written are an error, which the program ends with.
package final class Console {
  package let isTerminal: Bool
  /// Why a result could not be printed.
  package private(set) var printingError: (any Error)?
  private let output: (String) throws -> Void
  private let errors: (String) -> Void
  private let columns: () -> Int
  private var barIsShown = false

  /// A console over two sinks; `isTerminal` says whether a line on `errors` can be drawn anew.
  package init(
    isTerminal: Bool, columns: @escaping () -> Int = { 80 },
    output: @escaping (String) throws -> Void, errors: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.output = output
    self.errors = errors
  }

  /// The process's own standard output and error.
  package static var standard: Console {
    Console(
      isTerminal: isTerminalWithControlCharacters(STDERR_FILENO), columns: terminalColumns,
      output: { try writeToStandardOutput($0) }, errors: { writeToStandardError($0) })
  }

  /// Prints a result.
  package func print(_ text: String) {
    clearBar()
    do {
      try output(text + "\n")
    } catch {
      printingError = printingError ?? error
    }
  }

  /// Says a line on standard error.
  package func note(_ line: String) {
    clearBar()
    errors(line + "\n")
  }

  /// Draws `line` over the one that was shown last, cut to the terminal's width.
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

/// The ANSI sequence EL.
private let eraseToEndOfLine = "\u{1B}[K"

/// How wide the terminal on standard error is now.
private func terminalColumns() -> Int {
  var size = winsize()
  guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}
