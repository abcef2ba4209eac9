/// Ends the process with `message` on standard error unless `condition` holds.
///
/// For programmers' mistakes only, such as shapes that do not fit. It is `precondition` with a
/// message that a release build prints too, where the standard library's traps without a word. What
/// options, files or the environment can cause is thrown where it enters the program instead.
///
/// - Parameters:
///   - condition: What the caller has to guarantee.
///   - message: A whole sentence that names the values found; evaluated only on failure.
///   - file: The file that the failure is reported for.
///   - line: The line that the failure is reported for.
@inlinable
public func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
