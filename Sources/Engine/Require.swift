/// Ends the process with `message` on standard error unless `condition` holds.
///
/// Use it for programming errors only, such as shapes that do not fit. Unlike `precondition`, it
/// prints the message in release builds too. Errors that options, files or the environment can cause
/// are thrown instead.
///
/// - Parameters:
///   - condition: The condition that the caller has to guarantee.
///   - message: A full sentence that names the values found; evaluated only on failure.
///   - file: The file to report.
///   - line: The line to report.
@inlinable
public func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
