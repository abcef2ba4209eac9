import Files
import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A temporary folder that is removed with its content on deinitialisation.
final class Folder: Sendable {
  let url = URL.temporaryDirectory.appending(path: "files \(UUID().uuidString)")

  init() throws { try makeFolder(at: url) }

  deinit { removeTree(at: url) }

  subscript(name: String) -> URL { url.appending(path: name) }
}

/// Expects `body` to throw a `FileError`, and returns it.
func fileError(
  at location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> FileError? {
  #expect(throws: FileError.self, sourceLocation: location) { try body() }
}

/// Expects `condition` to hold within a second after a lock was released.
///
/// A process that another test is starting has a copy of each descriptor, and with it the lock, until it executes its
/// program.
func expectSoon(
  at location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
) throws {
  for _ in 0..<100 {
    if try condition() { return }
    usleep(10_000)
  }
  #expect(try condition(), sourceLocation: location)
}

@Suite struct FilesTests {
  private let bytes = Data((0..<300_000).map { UInt8($0 * 31 % 253) })

  @Test func aFileIsWrittenCompletelyAndReplaced() throws {
    let folder = try Folder()
    for content in [bytes, Data(), bytes.prefix(7)] {
      try writeFile(content, to: folder["a"])
      #expect(try readFile(at: folder["a"]) == Data(content))
      #expect(try listFolder(at: folder.url) == ["a"])
    }
    #expect(try readFileIfPresent(at: folder["b"]) == nil)
    #expect(try listFolder(at: folder["no folder"]) == [])
    try removeFile(at: folder["a"])
    try removeFile(at: folder["a"])
    #expect(!folder["a"].isPresent)
  }

  @Test func theFileThatALinkNamesIsWritten() throws {
    let folder = try Folder()
    try writeFile(bytes, to: folder["a"])
    unsafe symlink(folder["a"].path, folder["link"].path)
    try writeFile(Data("new".utf8), to: folder["link"])
    #expect(try readFile(at: folder["a"]) == Data("new".utf8))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder["link"].path)
        == folder["a"].path)
  }

  /// A device would become a file: `/dev/null` in a container, where the user may replace it.
  @Test func aPipeOrDeviceIsNotReplaced() throws {
    let folder = try Folder()
    unsafe mkfifo(folder["pipe"].path, 0o600)
    unsafe symlink("/dev/null", folder["null"].path)
    for (name, kind) in [("pipe", "a pipe"), ("null", "a device")] {
      let error = fileError { try writeFile(bytes, to: folder[name]) }
      #expect(error?.description.contains("found \(kind), expected a file, or nothing") == true)
    }
    #expect(try listFolder(at: folder.url) == ["null", "pipe"])
  }

  @Test func filesOfAFolderAndItsSubfoldersAreListed() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a/b"])
    try makeFolder(at: folder["a/hidden"])
    for name in ["a/2", "a/b/1", "a/hidden/3"] { try writeFile(bytes, to: folder[name]) }
    #expect(try listFiles(at: "a", of: folder.url) == ["a/2", "a/b/1", "a/hidden/3"])
    #expect(
      try listFiles(at: "a", of: folder.url) { $0 != "a/hidden" } == ["a/2", "a/b/1"])
    #expect(try listFiles(at: "a/2", of: folder.url) == ["a/2"])
    unsafe symlink(".", folder["a/b/loop"].filePath)
    unsafe symlink("../../a", folder["a/b/up"].filePath)
    #expect(try listFiles(at: "a", of: folder.url) == ["a/2", "a/b/1", "a/hidden/3"])
    #expect(try listFiles(at: "c", of: folder.url) == [])
  }

  /// Files in /proc report the size 0.
  @Test func aFileWithoutASizeIsReadCompletely() throws {
    #if os(Linux)
      // One read returns at most a page of it; the stack is among the last lines.
      let maps = try readFile(at: URL(filePath: "/proc/self/maps"))
      #expect(maps.count > 4096)
      #expect(String(decoding: maps, as: UTF8.self).contains("[stack]"))
    #endif
  }

  /// The second file is sparse: it takes no place on the disk.
  @Test func aFileLargerThanTheLimitIsNotRead() throws {
    let folder = try Folder()
    try writeFile(Data(count: 10), to: folder["a"])
    #expect(try readFile(at: folder["a"], limit: 10).count == 10)
    try writeFile(Data(), to: folder["sparse"])
    unsafe #expect(truncate(folder["sparse"].filePath, 1 << 43) == 0)
    let (a, sparse) = (folder["a"], folder["sparse"])
    let errors: [(URL, String, () throws -> Void)] = [
      (a, "found 10 bytes, expected at most 9", { _ = try readFile(at: a, limit: 9) }),
      (
        a, "found 10 bytes, expected at most 9",
        { try unsafe readFile(at: a, inPartsOf: 3, limit: 9) { _ in } }
      ),
      (
        sparse, "found 8796093022208 bytes, expected at most 1073741824",
        { _ = try readFileIfPresent(at: sparse) }
      ),
    ]
    for (file, text, body) in errors {
      let line = fileError { try body() }?.description
      #expect(line == "\(file.filePath): \(text); name another file")
    }
    #if os(Linux)
      // Its size of 0 does not show how much there is to read.
      let maps = URL(filePath: "/proc/self/maps")
      let error = fileError { _ = try readFile(at: maps, limit: 100) }
      #expect(error?.reason == "found more than 100 bytes, expected at most 100")
    #endif
  }

  /// Opening a named pipe in the usual way would wait for a writer.
  @Test func onlyFilesAreRead() throws {
    let folder = try Folder()
    try makeFolder(at: folder["folder"])
    unsafe #expect(mkfifo(folder["pipe"].filePath, 0o666) == 0)
    unsafe symlink("pipe", folder["link"].filePath)
    let items = [
      (folder["folder"], "a folder"), (folder["pipe"], "a pipe"), (folder["link"], "a pipe"),
      (URL(filePath: "/dev/zero"), "a device"),
    ]
    for (item, kind) in items {
      let line =
        "\(item.filePath): found \(kind), expected a file; name another file, or move this away"
      for read in [
        { _ = try readFile(at: item) }, { _ = try readFileIfPresent(at: item) },
        { try unsafe readFile(at: item, inPartsOf: 10) { _ in } },
      ] {
        let error = fileError { try read() }
        #expect(error?.description == line)
        #expect(error?.reason == "found \(kind), expected a file")
      }
    }
  }

  /// The writer comes after the reader, which must wait.
  @Test func thePipeOfStandardInputIsRead() async {
    await #expect(processExitsWith: .success) {
      var ends: [Int32] = [0, 0]
      guard unsafe pipe(&ends) == 0, dup2(ends[0], STDIN_FILENO) == STDIN_FILENO else { exit(1) }
      let writing = ends[1]
      Thread.detachNewThread {
        usleep(50_000)
        unsafe write(writing, "text", 4)
        close(writing)
      }
      guard try readFile(at: URL(filePath: "/dev/stdin")) == Data("text".utf8) else { exit(2) }
    }
  }

  /// A full pipe accepts no bytes until they are read.
  @Test(arguments: [0, O_NONBLOCK]) func allBytesAreWrittenToASlowPipe(
    flags: Int32
  ) throws {
    let pipe = Pipe()
    let (reading, writing) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    _ = fcntl(writing.fileDescriptor, F_SETFL, flags)
    let bytes = bytes
    Thread.detachNewThread {
      let code = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: writing.fileDescriptor) }
      #expect(code == nil)
      try? writing.close()
    }
    usleep(20_000)
    #expect(try reading.readToEnd() == bytes)
  }

  @Test func patienceEnds() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    unsafe #expect(bytes.withUnsafeBytes { writeAll($0, to: descriptor, patience: 10) } == EAGAIN)
  }

  @Test func aTemporaryFolderIsRemovedAlsoAfterAnError() throws {
    var folder: URL?
    let error = fileError {
      try withTemporaryFolder(named: "files") {
        folder = $0
        try writeFile(Data(), to: $0.appending(path: "a"))
        _ = try readFile(at: $0.appending(path: "b"))
      }
    }
    #expect(error?.code == ENOENT)
    #expect(folder?.lastPathComponent.hasPrefix("files-") == true && folder?.isPresent == false)
  }

  @Test func aFailedWriteKeepsThePreviousContent() async throws {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try Folder()
      try writeFile(Data("before".utf8), to: folder["a"])
      prepareStandardStreams()
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      let error = fileError { try writeFile(Data(count: 10_000), to: folder["a"]) }
      let isNamed =
        error?.description.hasSuffix(
          "a: cannot be written (write: File too large); raise the limit on file sizes (ulimit -f), or "
            + "name a folder on another disk") == true
      let isAsBefore = try readFile(at: folder["a"]) == Data("before".utf8)
      let isAlone = try listFolder(at: folder.url) == ["a"]
      removeTree(at: folder.url)  // exit deinitialises nothing.
      exit(isNamed && isAsBefore && isAlone ? 7 : 1)
    }
  }

  @Test func errorsNameFileCallReasonAndRemedy() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a/b"])
    try writeFile(Data(), to: folder["c"])
    unsafe symlink("loop", folder["loop"].filePath)
    let errors: [(String, String, () throws -> Void)] = [
      (
        "a", "written (rename: Is a directory); move the folder of that name away",
        {
          try writeFile(Data(), to: folder["a"])
        }
      ),
      (
        "a", "removed (unlink: Is a directory); move the folder of that name away",
        {
          try removeFile(at: folder["a"])
        }
      ),
      (
        "c", "listed (opendir: Not a directory); move away the file that lies where",
        {
          _ = try listFolder(at: folder["c"])
        }
      ),
      (
        "c/d", "created (mkdir: Not a directory); move away the file that lies where",
        {
          try makeFolder(at: folder["c/d"])
        }
      ),
      (
        "d", "read (open: No such file or directory); check the path",
        {
          _ = try readFile(at: folder["d"])
        }
      ),
      (
        "d/e", "written (open: No such file or directory); check the path",
        {
          try writeFile(Data(), to: folder["d/e"])
        }
      ),
      (
        "loop",
        "written (stat: Too many levels of symbolic links); remove the symbolic link that leads back",
        {
          try writeFile(Data(), to: folder["loop"])
        }
      ),
      (
        "loop",
        "read (open: Too many levels of symbolic links); remove the symbolic link that leads back",
        {
          _ = try readFile(at: folder["loop"])
        }
      ),
    ]
    for (name, text, body) in errors {
      let line = fileError { try body() }?.description ?? ""
      #expect(line.hasPrefix("\(folder[name].filePath): cannot be \(text)"), "\(line)")
    }
    #expect(try listFolder(at: folder.url) == ["a", "c", "loop"])
  }

  @Test func aPathThatEndsInASlashIsNoFile() throws {
    let folder = try Folder()
    let line = fileError { try writeFile(bytes, to: URL(filePath: "\(folder["new"].filePath)/")) }
    #expect(
      line?.description.hasSuffix(
        "new: found a path that ends in /, expected that of a file; append the name of a file")
        == true, "\(line?.description ?? "")")
    #expect(try listFolder(at: folder.url) == [])
  }

  /// 255 bytes, the most that usual file systems store; the partial version has a name of its own.
  @Test func namesMayBeAsLongAsTheSystemAllows() throws {
    let folder = try Folder()
    let (file, directory) = (String(repeating: "文", count: 85), String(repeating: "夹", count: 85))
    try writeFile(bytes, to: folder[file])
    #expect(try readFile(at: folder[file]) == bytes)
    try writeFolder(at: folder[directory]) {
      try writeFile(bytes, to: $0.appending(path: file))
    }
    #expect(try listFolder(at: folder.url).count == 2)
    #expect(try listFolder(at: folder[directory]) == [file])
  }

  @Test func aLinkToNothingIsNotReplacedByAFile() throws {
    let folder = try Folder()
    unsafe symlink("gone/file", folder["link"].filePath)
    let line = fileError { try writeFile(Data(), to: folder["link"]) }?.description ?? ""
    #expect(
      line.hasSuffix(
        "link: found a symbolic link to nothing, expected a file, a link to one, or nothing; remove the link, or "
          + "name another file"), "\(line)")
    #expect(try listFolder(at: folder.url) == ["link"])
    try makeFolder(at: folder["gone"])
    try writeFile(bytes, to: folder["gone/file"])
    try writeFile(Data([9]), to: folder["link"])
    #expect(try readFile(at: folder["gone/file"]) == Data([9]))
  }

  @Test func aRelativeFolderInARemovedOneIsNotMade() async throws {
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      try makeFolder(at: folder["gone"])
      _ = chdir(folder["gone"].filePath)
      rmdir(folder["gone"].filePath)
      for path in ["new", "new/folder"] {
        let line = fileError { try makeFolder(at: URL(filePath: path)) }?.description ?? ""
        guard line.hasPrefix("new: cannot be created (mkdir: No such file or directory)") else {
          throw CancellationError()
        }
      }
    }
  }

  @Test func aTreeIsRemovedAndLinksAreNotFollowed() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a/b/c"])
    try makeFolder(at: folder["kept"])
    try writeFile(Data(), to: folder["kept/file"])
    try writeFile(Data(), to: folder["a/b/file"])
    unsafe symlink(folder["kept"].filePath, folder["a/link"].filePath)
    removeTree(at: folder["a"])
    #expect(try listFolder(at: folder.url) == ["kept"])
    #expect(folder["kept/file"].isPresent)
  }

  /// Without a working directory, looking for the path in the message sets `errno`, to ENOENT.
  @Test func anErrorHasTheNumberOfItsSystemCall() async throws {
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      try writeFile(Data(), to: folder["a"])
      try makeFolder(at: folder["gone"])
      _ = chdir(folder["gone"].filePath)
      rmdir(folder["gone"].filePath)
      let error = fileError { _ = try listFolder(at: folder["a"]) }
      guard error?.code == ENOTDIR else { throw CancellationError() }
    }
  }

  #if os(Linux)
    @Test func aNameThatIsNotUTF8IsAnError() throws {
      let folder = try Folder()
      // "café" in Latin-1.
      let name = folder["caf"].filePath.utf8CString.dropLast()
      let path = Array(name) + [CChar(truncatingIfNeeded: 0xe9), 0]
      let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o666)
      close(descriptor)
      let error = fileError { _ = try listFolder(at: folder.url) }
      #expect(
        error?.description
          == "\(folder.url.shortPath): found the name \"caf\u{FFFD}\", expected a name in UTF-8; rename it"
      )
      unsafe unlink(path)
      #expect(try listFolder(at: folder.url) == [])
    }
  #endif

  // MARK: Folders

  @Test func aFolderIsWrittenCompletely() throws {
    let folder = try Folder()
    try writeFolder(at: folder["new/a"]) { partial in
      try makeFolder(at: partial.appending(path: "b"))
      try writeFile(bytes, to: partial.appending(path: "b/c"), durably: false)
      #expect(!folder["new/a"].isPresent)
    }
    #expect(try readFile(at: folder["new/a/b/c"]) == bytes)
    #expect(try listFolder(at: folder["new"]) == ["a"])
  }

  @Test func aFolderIsReplacedCompletely() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a/old"])
    try writeFolder(at: folder["a"], replacing: true) { partial in
      try writeFile(bytes, to: partial.appending(path: "new"))
      #expect(folder["a/old"].isPresent)
    }
    #expect(try listFolder(at: folder["a"]) == ["new"])
    #expect(throws: CancellationError.self) {
      try writeFolder(at: folder["a"], replacing: true) { _ in throw CancellationError() }
    }
    #expect(try listFolder(at: folder["a"]) == ["new"])
    #expect(try listFolder(at: folder.url) == ["a"])
  }

  /// Folders of the user stay, whatever their names.
  @Test func aFolderThatFailsLeavesNothing() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a.unfinished/kept"])
    for name in ["a", "new/deep/a"] {
      #expect(throws: CancellationError.self) {
        try writeFolder(at: folder[name]) { partial in
          try writeFile(Data(), to: partial.appending(path: "b"))
          throw CancellationError()
        }
      }
      #expect(try listFolder(at: folder.url) == ["a.unfinished"])
    }
    #expect(folder["a.unfinished/kept"].isPresent)
  }

  @Test func outerFoldersAreRemovedIfAnInnerOneCannotBeCreated() throws {
    let folder = try Folder()
    let name = String(repeating: "n", count: 300)
    let error = fileError { try makeFolder(at: folder["a/b/\(name)"]) }
    #expect(error?.code == ENAMETOOLONG)
    #expect(try listFolder(at: folder.url) == [])
  }

  @Test func partialFoldersOfInterruptedProcessesAreRemoved() throws {
    let folder = try Folder()
    let (dead, held) = (".partial-\(hostName)-1-0-a", ".partial-\(hostName)-1-1-a")
    let others = [".partial-\(hostName)-1-0-b-a", ".partial-another.host-1-0-a"]
    for name in [dead, held] + others { try makeFolder(at: folder[name + "/b"]) }
    let descriptor = unsafe open(folder[held].filePath, O_RDONLY | O_CLOEXEC)
    #expect(lockFile(descriptor) == .taken)
    try writeFolder(at: folder["a"]) { _ in }
    #expect(try listFolder(at: folder.url) == (others + [held, "a"]).sorted())
    close(descriptor)
    try expectSoon {
      removeTree(at: folder["a"])
      try writeFolder(at: folder["a"]) { _ in }
      return try listFolder(at: folder.url) == (others + ["a"]).sorted()
    }
  }

  @Test func onlyAFolderIsReplaced() throws {
    let folder = try Folder()
    try writeFile(Data([1]), to: folder["file"])
    try makeFolder(at: folder["target"])
    try writeFile(Data([2]), to: folder["target/notes"])
    unsafe symlink("target", folder["link"].filePath)
    for name in ["file", "link", "link/"] {
      let error = #expect(throws: FileError.self) {
        try writeFolder(at: folder[name], replacing: true) { _ in }
      }
      #expect(error?.description.contains("found a file or a symbolic link, expected") == true)
    }
    #expect(try readFile(at: folder["file"]) == Data([1]))
    #expect(try readFile(at: folder["link/notes"]) == Data([2]))
    #expect(try listFolder(at: folder.url) == ["file", "link", "target"])
    removeTree(at: folder["link/"])
    #expect(try listFolder(at: folder.url) == ["file", "target"])
    #expect(try readFile(at: folder["target/notes"]) == Data([2]))
  }

  @Test func aFolderIsToldFromAFileAndFromWhatCannotBeFoundOut() throws {
    let folder = try Folder()
    #expect(try makeFolder(at: folder["a/b"]).map(\.lastPathComponent) == ["a", "b"])
    #expect(try makeFolder(at: folder["a/b"]) == [])
    try writeFile(Data(), to: folder["file"])
    unsafe symlink("a", folder["link"].filePath)
    unsafe symlink("loop", folder["loop"].filePath)
    let found = try ["a", "link", "file", "loop", "none", "file/b"].map {
      try isFolder(at: folder[$0])
    }
    #expect(found == [true, true, false, false, false, false])
    let name = String(repeating: "n", count: 300)
    let error = fileError { _ = try isFolder(at: folder[name]) }
    #expect(error?.description.contains("cannot be read (stat: File name too long)") == true)
  }

  /// In nanoseconds since 1970 such a date is larger than a number of 64 bits.
  @Test(arguments: [13_569_465_600, -13_569_465_600])
  func aFileCanBeDatedCenturiesAway(seconds: Int) throws {
    let folder = try Folder()
    try writeFile(Data(), to: folder["a"])
    let times = Array(repeating: timespec(tv_sec: seconds, tv_nsec: 0), count: 2)
    unsafe #expect(utimensat(AT_FDCWD, folder["a"].filePath, times, 0) == 0)
    #expect(try fileStatus(at: folder["a"]) == fileStatus(at: folder["a"]))
  }

  @Test func theAgeOfAFileDatedFarAwayIsLimited() {
    var status = stat()
    status.st_mtim.tv_sec = .min
    #expect(status.age == .max)
    status.st_mtim.tv_sec = time(nil) - 100
    #expect((100...200).contains(status.age))
  }

  @Test func aLockOnAFolderMakesAnotherWait() throws {
    let folder = try Folder()
    var isOther = false
    try withLock(on: folder["new"], waiting: {}) {
      let descriptor = unsafe open(folder["new"].filePath, O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      isOther = lockFile(descriptor) == .heldByAnother
      try writeFile(Data(), to: folder["new/a"])
    }
    #expect(isOther)
    // A process that another test starts has the descriptor, and with it the lock, until it is replaced.
    try expectSoon {
      var isFree = true
      let descriptor = unsafe open(folder["new"].filePath, O_RDONLY | O_CLOEXEC)
      isFree = lockFile(descriptor) == .taken
      close(descriptor)
      return isFree
    }
    #expect(try listFolder(at: folder["new"]) == ["a"])
  }

  /// The program starts another one in the background, which still writes into the folder when the first has ended.
  @Test func aProgramHoldsTheLockUnderWhichItRuns() throws {
    let folder = try Folder()
    let script = ": >started; (until [ -e end ]; do sleep 0.02; done; : >ended) >/dev/null 2>&1 &"
    try withLock(on: folder["new"], waiting: {}) {
      _ = try ExternalProgram("sh")?.run(["-c", script], in: folder["new"])
    }
    #expect(folder["new/started"].isPresent)
    let descriptor = unsafe open(folder["new"].filePath, O_RDONLY | O_CLOEXEC)
    #expect(lockFile(descriptor) == .heldByAnother)
    close(descriptor)
    try writeFile(Data(), to: folder["new/end"])
    var wasEnded = false
    try withLock(on: folder["new"], waiting: {}) { wasEnded = folder["new/ended"].isPresent }
    #expect(wasEnded)
  }

  @Test func waitingForALockIsBrokenOffOnRequest() throws {
    let folder = try Folder()
    let descriptor = unsafe open(folder.url.filePath, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    #expect(lockFile(descriptor) == .taken)
    var (hasWaited, hasWorked) = (false, false)
    let error = fileError {
      try withLock(on: folder.url, stoppingWhen: { true }, waiting: { hasWaited = true }) {
        hasWorked = true
      }
    }
    #expect(hasWaited && !hasWorked)
    #expect(error?.description.contains(": found a lock of another process, expected none") == true)
  }

  /// A process removes a folder that it has created and left empty, even if another one waits for its lock.
  @Test func aLockedFolderThatIsRemovedIsCreatedAgain() throws {
    let folder = try Folder()
    try makeFolder(at: folder["new"])
    let descriptor = unsafe open(folder["new"].filePath, O_RDONLY | O_CLOEXEC)
    #expect(lockFile(descriptor) == .taken)
    func end() {
      removeFolderIfEmpty(at: folder["new"])
      close(descriptor)
    }
    var wasThere = false
    try withLock(on: folder["new"], waiting: end) { wasThere = folder["new"].isPresent }
    #expect(wasThere)
    #expect(!folder["new"].isPresent)
  }

  /// Another process may remove the empty folder before this one has opened it.
  @Test func aFolderThatIsRemovedAtAnyMomentIsLocked() throws {
    let folder = try Folder()
    let isDone = Mutex(false)
    try concurrently(
      {
        defer { isDone.withLock { $0 = true } }
        for _ in 0..<500 { try withLock(on: folder["new"], waiting: {}) {} }
      },
      { while !isDone.withLock({ $0 }) { removeFolderIfEmpty(at: folder["new"]) } })
  }

  // MARK: Leftovers

  @Test func partialFilesOfInterruptedProcessesAreRemoved() throws {
    let folder = try Folder()
    let (dead, held) = (".partial-\(hostName)-1-0-a", ".partial-\(hostName)-1-1-a")
    let (young, old) = (".partial-another.host-1-0-a", ".partial-another.host-1-1-a")
    for name in [dead, held, young, old, "a"] { try writeFile(Data(), to: folder[name]) }
    var times = [timespec(tv_sec: time(nil) - 4000, tv_nsec: 0)]
    times.append(times[0])
    unsafe utimensat(AT_FDCWD, folder[old].filePath, times, 0)
    let descriptor = unsafe open(folder[held].filePath, O_RDWR | O_CLOEXEC)
    #expect(lockFile(descriptor) == .taken)
    try removeLeftovers(in: folder.url)
    #expect(try listFolder(at: folder.url) == [young, held, "a"].sorted())
    close(descriptor)
    try expectSoon {
      try removeLeftovers(in: folder.url)
      return try listFolder(at: folder.url) == [young, "a"]
    }
  }

  /// A process that starts removes leftovers while others write.
  @Test func removingLeftoversDoesNotDisturbWriting() throws {
    let folder = try Folder()
    let isDone = Atomic(false)
    try concurrently(
      {
        defer { isDone.store(true, ordering: .relaxed) }
        for _ in 0..<20_000 { try writeFile(Data(), to: folder["a"], durably: false) }
      },
      { while !isDone.load(ordering: .relaxed) { try removeLeftovers(in: folder.url) } })
    #expect(try listFolder(at: folder.url) == ["a"])
  }

  /// Each removes the leftovers of the other before it writes its own.
  @Test func twoProcessesReplaceAFolder() throws {
    let folder = try Folder()
    try makeFolder(at: folder["a"])
    let replace: @Sendable () throws -> Void = {
      for _ in 0..<200 {
        try writeFolder(at: folder["a"], replacing: true) {
          try writeFile(Data(), to: $0.appending(path: "b"), durably: false)
        }
      }
    }
    try concurrently(replace, replace)
    #expect(try listFolder(at: folder["a"]) == ["b"])
  }

  /// Runs two functions at the same time.
  ///
  /// - Throws: The first error of one of them.
  private func concurrently(
    _ first: @Sendable () throws -> Void, _ second: @Sendable () throws -> Void
  ) throws {
    let error = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      do {
        try thread == 0 ? first() : second()
      } catch let found {
        error.withLock { $0 = $0 ?? found }
      }
    }
    if let error = error.withLock({ $0 }) { throw error }
  }

  // MARK: Standard streams

  @Test func aFileNeverGetsTheNumberOfAClosedStandardStream() async throws {
    await #expect(processExitsWith: .exitCode(7)) {
      for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { close(stream) }
      prepareStandardStreams()
      let folder = try Folder()
      let file = open(folder["a"].filePath, O_RDWR | O_CREAT, 0o666)
      var isRefused = false
      do { try writeToStandardOutput("x") } catch let error as FileError {
        isRefused = error.description.hasPrefix("standard output: cannot be written (write: ")
      }
      writeToStandardError("x")
      let isEmpty = try readFile(at: folder["a"]).isEmpty
      removeTree(at: folder.url)
      exit(isRefused && file > STDERR_FILENO && isEmpty ? 7 : 1)
    }
  }

  @Test func aPipeWithoutAReaderIsAnError() async {
    await #expect(processExitsWith: .exitCode(7)) {
      prepareStandardStreams()
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0, close(ends[0]) == 0 else { exit(1) }
      dup2(ends[1], STDOUT_FILENO)
      do { try writeToStandardOutput("x") } catch let error as FileError {
        exit(error.code == EPIPE ? 7 : 2)
      }
    }
  }

  @Test func controlCharactersGoOnlyToTerminalsThatSupportThem() {
    #expect(allowsControlCharacters(["TERM": "xterm"]))
    #expect(allowsControlCharacters(["TERM": "xterm", "NO_COLOR": ""]))
    for environment in [[:], ["TERM": "dumb"], ["TERM": "xterm", "NO_COLOR": "1"]] {
      #expect(!allowsControlCharacters(environment))
    }
  }
}

@Suite struct ControlCharacterTests {
  @Test(arguments: [
    ("a\nb.jpg", #"a\nb.jpg"#), ("a\tb\rc", #"a\tb\rc"#), ("a\r\nb", #"a\r\nb"#),
    ("\u{1B}[31mred\u{0}", #"\u{1B}[31mred\u{0}"#), ("a\u{2028}b\u{85}c", #"a\u{2028}b\u{85}c"#),
    (#"back\slash, Grüße 🐦"#, #"back\slash, Grüße 🐦"#), ("", ""),
  ])
  func controlCharactersBecomeVisible(text: String, visible: String) {
    #expect(text.withVisibleControlCharacters == visible)
  }
}
