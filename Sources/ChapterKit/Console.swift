import Foundation

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  @preconcurrency import Darwin
#endif

/// Where a program speaks: results go to standard output, notices and progress to standard error.
package final class Console {
  package let isTerminal: Bool
  private let output: (String) -> Void
  private let errors: (String) -> Void
  private let columns: () -> Int
  private var barIsShown = false

  /// A console over two sinks; `isTerminal` says whether a line on `errors` can be drawn anew.
  package init(
    isTerminal: Bool, columns: @escaping () -> Int = { 80 },
    output: @escaping (String) -> Void, errors: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.output = output
    self.errors = errors
  }

  /// The process's own standard output and error.
  package static var standard: Console {
    Console(
      isTerminal: isatty(STDERR_FILENO) == 1, columns: terminalColumns,
      output: { FileHandle.standardOutput.write(Data($0.utf8)) },
      errors: { FileHandle.standardError.write(Data($0.utf8)) })
  }

  /// Prints a result.
  package func print(_ text: String) {
    clearBar()
    output(text + "\n")
  }

  /// Says a line on standard error.
  package func note(_ line: String) {
    clearBar()
    errors(line + "\n")
  }

  /// Draws `line` over the one that was shown last, cut to the terminal's width.
  package func showBar(_ line: String) {
    errors("\r" + line.prefix(columns() - 1) + eraseToEndOfLine)
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
