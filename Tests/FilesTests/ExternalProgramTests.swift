import Files
import Foundation
import Testing

@Suite struct ExternalProgramTests {
  private let shell: ExternalProgram

  init() throws { shell = try #require(ExternalProgram("sh"), "the tests need a shell") }

  @Test func bothStreamsAndTheStatusAreCollected() throws {
    let (status, output, errors) = try shell.run(["-c", "printf out; printf err >&2; exit 3"])
    #expect(status == 3)
    #expect(output == Data("out".utf8))
    #expect(errors == "err")
  }

  /// More than a pipe holds, on both streams: a reader of one stream at a time would block.
  @Test func longOutputOnBothStreamsBlocksNothing() throws {
    let script =
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; "
      + "echo 0123456789012345678901234567890123456789; i=$((i + 1)); done"
    let (status, output, errors) = try shell.run(["-c", script])
    #expect(status == 0)
    #expect(output.count == 3000 * 41 && errors.utf8.count == 3000 * 41)
  }

  @Test func argumentsArriveAsTheyAre() throws {
    let arguments = ["it's", "\"$HOME\"", "`id` ½", ""]
    let (_, output, _) = try shell.run(["-c", "printf '%s|' \"$@\"", "sh"] + arguments)
    #expect(String(decoding: output, as: UTF8.self) == "it's|\"$HOME\"|`id` ½||")
  }

  @Test func directoryEnvironmentAndEmptyInputAreSet() throws {
    let folder = try Folder()
    let (_, output, _) = try shell.run(
      ["-c", "pwd -P; echo \"$A-$HOME\"; cat"], in: folder.url, environment: ["A": "b"])
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    #expect(lines.first?.hasSuffix("/" + folder.url.lastPathComponent) == true)
    #expect(lines.dropFirst() == ["b-"])
  }

  /// Linux refuses to start a program whose file is open for writing.
  @Test func aFileThatIsStillBeingWrittenIsWaitedFor() throws {
    let folder = try Folder()
    let file = folder.url.appending(path: "late")
    try Data("#!/bin/sh\necho started\n".utf8).write(to: file)
    unsafe chmod(file.path(percentEncoded: false), 0o755)
    // Programs that other tests start at the same time must not inherit it.
    let descriptor = unsafe open(file.path(percentEncoded: false), O_WRONLY | O_CLOEXEC)
    // A thread of its own: those of the global queue can all be busy with other tests.
    Thread.detachNewThread {
      usleep(100_000)
      close(descriptor)
    }
    let program = try #require(
      ExternalProgram("late", searchPath: folder.url.path(percentEncoded: false)))
    #expect(try program.run([]).output == Data("started\n".utf8))
  }

  @Test func aSignalIsPartOfTheStatus() throws {
    #expect(try shell.run(["-c", "kill -9 $$"]).status == 128 + SIGKILL)
  }

  /// A program that closes its streams gives no output to wait for.
  @Test(arguments: ["", "exec >&- 2>&-; "])
  func aProgramIsAskedToEndAndWaitedFor(start: String) throws {
    let folder = try Folder()
    let script =
      start
      + "trap 'sleep 0.2; exit 3' TERM; : >started; for i in $(seq 400); do sleep 0.05; done"
    let (status, _, _) = try shell.run(
      ["-c", script], in: folder.url, stoppingWhen: { folder["started"].isPresent })
    #expect(status == 3)
  }

  /// A relative path would lead elsewhere from the folder in which the program runs.
  @Test func theTemporaryFolderOfAProgramHasAnAbsolutePath() async {
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      setenv("TMPDIR", "relative", 1)
      let output = try ExternalProgram("sh")?.run(
        ["-c", "printf %s \"$TMPDIR\""], in: folder.url
      ).output
      let path = String(decoding: output ?? Data(), as: UTF8.self)
      let expected = URL.currentDirectory().appending(path: "relative").filePath
      guard path == expected || path == expected + "/" else { throw CancellationError() }
    }
  }

  /// Ctrl-C reaches the processes of the terminal's foreground group only.
  @Test func theProgramStaysInTheProcessGroup() throws {
    let (_, output, _) = try shell.run(["-c", "ps -o pgid= -p $$"])
    let group = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    #expect(Int32(group.trimmingCharacters(in: .newlines)) == getpgrp())
  }

  /// A supervisor may have started this process with SIGCHLD ignored; then the exit status of a program would be lost.
  @Test func theStatusIsFoundWhateverSignalsWereIgnored() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGCHLD, SIG_IGN)
      do {
        _ = try ExternalProgram("sh")?.run(["-c", "exit 3"])
        exit(1)
      } catch let error as FileError where error.description.contains("cannot be waited for") {}
      prepareStandardStreams()
      exit(try ExternalProgram("sh")?.run(["-c", "exit 3"]).status == 3 ? 7 : 2)
    }
  }

  @Test func inheritedErrorsAreNotCollected() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let errors = try ExternalProgram("sh")?.run(
        ["-c", "printf progress >&2"], standardError: .inherited
      ).errors
      guard errors == "" else { throw CancellationError() }
    }
    #expect(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self) == "progress")
  }

  @Test func programsAreFoundInTheOrderOfTheSearchPath() throws {
    let folder = try Folder()
    try makeFolder(at: folder["1/tool"])
    for (name, mode) in [("2", 0o644), ("3", 0o755), ("4", 0o755)] as [(String, mode_t)] {
      try makeFolder(at: folder[name])
      try writeFile(Data(), to: folder[name + "/tool"])
      unsafe chmod(folder[name + "/tool"].filePath, mode)
    }
    let searchPath = ["1", "2", "no", "3", "4"].map { folder[$0].filePath }.joined(separator: ":")
    let tool = try #require(ExternalProgram("tool", searchPath: searchPath))
    #expect(tool.executable.filePath == folder["3/tool"].filePath)
    #expect(ExternalProgram("tool", searchPath: folder["2"].filePath) == nil)
  }

  @Test func aProgramThatCannotBeStartedIsNamed() throws {
    let folder = try Folder()
    try writeFile(Data("#!/no/such/interpreter -x\n".utf8), to: folder["script"])
    unsafe chmod(folder["script"].filePath, 0o755)
    let remedy = "; install it again, or put another one first in PATH"
    for (name, reason) in [
      ("script", "found no interpreter /no/such/interpreter, which its first line names"),
      ("nothing", "No such file or directory"),
    ] {
      let error = fileError { _ = try ExternalProgram(at: folder[name]).run([]) }
      #expect(
        error?.description == "\(folder[name].filePath): cannot be started (\(reason))\(remedy)")
    }
  }

  /// The system limits the length of an argument, which another installation would not change.
  @Test func tooLongAnArgumentIsNoFaultOfTheProgram() throws {
    let shell = try #require(ExternalProgram("sh"))
    let error = fileError { _ = try shell.run(["-c", String(repeating: " ", count: 1 << 22)]) }
    #expect(
      error?.description
        == "\(shell.executable.filePath): cannot be started (Argument list too long)")
  }
}
