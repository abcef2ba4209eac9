import CSpawn
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program installed on this machine, such as curl, git or gnuplot.
package struct ExternalProgram: Sendable {
  /// The program's file.
  package let executable: URL

  /// Creates a reference to the program in a file.
  package init(at executable: URL) { self.executable = executable }

  /// Finds a program by its name; `nil` if no directory of the search path has it.
  ///
  /// - Parameters:
  ///   - name: The program's name.
  ///   - searchPath: Directories separated by colons; by default the environment's PATH.
  package init?(
    _ name: String, searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) {
    let candidates = searchPath.split(separator: ":").lazy
      .map { URL(filePath: String($0)).appending(path: name) }
    guard
      let executable = candidates.first(where: {
        unsafe access($0.filePath, X_OK) == 0 && !$0.isExistingDirectory
      })
    else { return nil }
    self.init(at: executable)
  }

  /// The destination of a program's standard error.
  package enum ErrorStream {
    /// The result of ``ExternalProgram/run(_:in:environment:standardError:stoppingWhen:)``.
    case collected
    /// This process's standard error, such as for a progress bar.
    case inherited
  }

  /// Runs the program, waits until it ends, and collects its output; its standard input is empty.
  ///
  /// The program stays in this process's group, so that Ctrl-C in the terminal ends both. Foundation's
  /// `Process` would start it in a new group. It inherits the locks of ``withLock(on:stoppingWhen:waiting:_:)``.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, without the program's name.
  ///   - directory: The working directory; by default that of this process.
  ///   - environment: The environment; by default that of this process, with TMPDIR as an absolute path.
  ///   - standardError: The destination of standard error.
  ///   - shouldStop: Called several times a second while the program runs. Once it returns true, the program is asked
  ///     to end, by SIGTERM; nil to let it run to its own end.
  /// - Returns: The exit status, or 128 and the signal's number if a signal ended the program; the
  ///   bytes written to standard output; and the text written to standard error if it is collected.
  /// - Throws: ``FileError`` if the program cannot be started, its output cannot be read, or its exit status cannot be
  ///   found.
  package func run(
    _ arguments: [String], in directory: URL? = nil, environment: [String: String]? = nil,
    standardError: ErrorStream = .collected, stoppingWhen shouldStop: (() -> Bool)? = nil
  ) throws -> (status: Int32, output: Data, errors: String) {
    let output = try ReadingPipe()
    let errors = try standardError == .collected ? ReadingPipe() : nil
    let process = try spawn(
      arguments, in: directory, environment: environment ?? inheritedEnvironment,
      output: output, errors: errors)
    output.closeWritingEnd()
    errors?.closeWritingEnd()
    var isAsked = false
    func askIfDue() {
      guard !isAsked, shouldStop?() == true else { return }
      isAsked = true
      kill(process, SIGTERM)
    }
    let check: (() -> Void)? = shouldStop == nil ? nil : askIfDue
    let contents = Result { try readToEnd([output] + (errors.map { [$0] } ?? []), check) }
    if case .failure = contents {
      // It might wait for ever for a reader.
      kill(process, SIGKILL)
    }
    let status = try exitStatus(of: process, check)
    let read = try contents.get()
    let signal = status & 0x7f
    return (
      signal == 0 ? status >> 8 & 0xff : 128 + signal, Data(read[0]),
      read.count > 1 ? String(decoding: read[1], as: UTF8.self) : ""
    )
  }

  /// Waits until the process ends, and returns its status as `waitpid` reports it; calls `check` meanwhile.
  private func exitStatus(of process: pid_t, _ check: (() -> Void)?) throws -> Int32 {
    var status: Int32 = 0
    while true {
      let ended = retrying { unsafe waitpid(process, &status, check == nil ? 0 : WNOHANG) }
      if ended == process { return status }
      guard ended == 0 else {
        throw FileError(executable.shortPath, cannotBe: "waited for", call: "waitpid", code: errno)
      }
      check?()
      usleep(10_000)
    }
  }

  /// Starts the program and returns its process identifier.
  private func spawn(
    _ arguments: [String], in directory: URL?, environment: [String: String], output: ReadingPipe,
    errors: ReadingPipe?
  ) throws -> pid_t {
    #if canImport(Glibc)
      var actions = unsafe posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
    if let errors {
      unsafe posix_spawn_file_actions_adddup2(&actions, errors.writing, STDERR_FILENO)
    }
    if let directory { unsafe posix_spawn_file_actions_addchdir_np(&actions, directory.filePath) }
    // Under other numbers, because a descriptor that is duplicated to its own number can stay one that is closed.
    let free = (HeldLocks.descriptors.max() ?? 0) + 1
    for (place, lock) in HeldLocks.descriptors.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, lock, free + Int32(place))
    }

    var process: pid_t = 0
    // A relative path would be looked up from the new working directory.
    let path = executable.absoluteURL.filePath
    let code = unsafe withCStrings([path] + arguments) { arguments in
      unsafe withCStrings(environment.map { "\($0)=\($1)" }) { environment in
        whileBusy {
          withoutBlockedSignals {
            unsafe posix_spawn(&process, path, &actions, nil, arguments, environment)
          }
        }
      }
    }
    guard code == 0 else {
      let isUnusable = [ENOENT, EACCES, ENOEXEC].contains(code)
      throw FileError(
        "\(executable.filePath): cannot be started (\(reason(for: code)))"
          + (isUnusable ? "; install it again, or put another one first in PATH" : ""), code: code)
    }
    return process
  }

  /// Returns the system's reason, or a clearer one if the interpreter of a script is missing.
  private func reason(for code: Int32) -> String {
    let firstLine =
      (try? readFileIfPresent(at: executable))?.prefix { $0 != UInt8(ascii: "\n") } ?? Data()
    if firstLine.starts(with: Data("#!".utf8)) {
      let words = String(decoding: firstLine.dropFirst(2), as: UTF8.self).split(separator: " ")
      if let interpreter = words.first, !URL(filePath: String(interpreter)).isPresent {
        return "found no interpreter \(interpreter), which its first line names"
      }
    }
    return systemReason(for: code)
  }
}

/// The environment of this process for a program that may run in another folder.
private var inheritedEnvironment: [String: String] {
  var environment = ProcessInfo.processInfo.environment
  if environment["TMPDIR"]?.isEmpty == false {
    environment["TMPDIR"] = URL.absoluteTemporaryDirectory.filePath
  }
  return environment
}

/// Repeats `start` for up to a second while the program's file is open for writing.
///
/// A file that was just written can still be open in another child process of this one, which has not
/// started its own program yet.
private func whileBusy(_ start: () -> Int32) -> Int32 {
  for _ in 0..<100 {
    let code = start()
    guard code == ETXTBSY else { return code }
    usleep(10_000)
  }
  return start()
}

/// Calls `start` while the thread blocks no signals.
///
/// A program inherits the blocked signals of the thread that starts it. Threads of a pool block almost all signals, and
/// the program could not be asked to end.
private func withoutBlockedSignals(_ start: () -> Int32) -> Int32 {
  var (none, before) = (sigset_t(), sigset_t())
  unsafe sigemptyset(&none)
  unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  return start()
}

/// A pipe that another program writes to and this process reads.
private final class ReadingPipe {
  let reading: Int32
  private(set) var writing: Int32

  /// Opens a pipe whose ends other programs, started at the same time, do not inherit.
  init() throws {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let result = unsafe pipe2(&ends, O_CLOEXEC)
    #else
      let result = pipe(&ends)
    #endif
    guard result == 0 else {
      throw FileError("a pipe", cannotBe: "opened", call: "pipe", code: errno)
    }
    (reading, writing) = (ends[0], ends[1])
    #if !canImport(Glibc)
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #endif
  }

  deinit {
    closeWritingEnd()
    close(reading)
  }

  func closeWritingEnd() {
    if writing >= 0 { close(writing) }
    writing = -1
  }
}

/// The milliseconds between two calls of the function that decides whether a program should stop.
private let checkInterval: Int32 = 100

/// Reads all pipes to their ends; calls `check` meanwhile.
///
/// They are read alternately: a program blocks while one of its pipes is full.
///
/// - Throws: ``FileError`` if a system call fails.
private func readToEnd(_ pipes: [ReadingPipe], _ check: (() -> Void)?) throws -> [[UInt8]] {
  var contents = [[UInt8]](repeating: [], count: pipes.count)
  var requests = pipes.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while requests.contains(where: { $0.fd >= 0 }) {
    check?()
    // A signal does not always interrupt this call, because another thread may receive it.
    let timeout = check == nil ? -1 : checkInterval
    guard retrying({ unsafe poll(&requests, nfds_t(requests.count), timeout) }) >= 0 else {
      throw FileError("a pipe", cannotBe: "read", call: "poll", code: errno)
    }
    for index in requests.indices where requests[index].fd >= 0 && requests[index].revents != 0 {
      let count = retrying { unsafe read(requests[index].fd, &chunk, chunk.count) }
      guard count >= 0 else {
        throw FileError("a pipe", cannotBe: "read", call: "read", code: errno)
      }
      contents[index] += chunk.prefix(count)
      // poll ignores negative descriptors.
      if count == 0 { requests[index].fd = -1 }
    }
  }
  return contents
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let pointers = unsafe strings.map { unsafe strdup($0) }
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe body(pointers + [nil])
}
