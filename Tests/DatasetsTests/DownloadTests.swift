import Datasets
import Files
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Downloads from folders that replace the mirrors.
@Suite struct DownloadTests {
  private let folder: TemporaryFolder
  private let content = (0..<5000).map { UInt8($0 * 31 % 253) }
  /// What older and newer versions of curl say of a missing file.
  private let cannotOpen = ["Couldn't open file", "Could not open file"]
  private let webPage = Array("<!DOCTYPE html><html><body>Not here.</body></html>".utf8)

  init() throws { folder = try TemporaryFolder() }

  /// Downloads `content` to "here/file" from files in the folder, and returns the progress lines.
  @discardableResult
  private func download(
    from mirrors: [String], checksum: Checksum? = nil, searchPath: String? = nil,
    progress: (String) -> Void = { _ in }, stoppingWhen shouldStop: (() -> Bool)? = nil
  ) throws -> [String] {
    let checksum = checksum ?? .uncompressedSHA256(sha256Hex(content))
    let addresses = mirrors.map { folder[$0] }
    let (file, limit) = (folder["here/file"], 6000)
    let download =
      if let searchPath {
        Download(
          of: file, from: addresses, checksum: checksum, limit: limit, searchPath: searchPath)
      } else {
        Download(of: file, from: addresses, checksum: checksum, limit: limit)
      }
    var lines: [String] = []
    try download.run(stoppingWhen: shouldStop) {
      lines.append($0)
      progress($0)
    }
    return lines
  }

  /// Runs a download that must fail with a one-line error, and returns the line.
  private func failure(
    from mirrors: [String], searchPath: String? = nil, progress: (String) -> Void = { _ in },
    stoppingWhen shouldStop: (() -> Bool)? = nil, at location: SourceLocation = #_sourceLocation
  ) -> String {
    let error = #expect(throws: DatasetError.self, sourceLocation: location) {
      try download(
        from: mirrors, searchPath: searchPath, progress: progress, stoppingWhen: shouldStop)
    }
    let line = error?.localizedDescription ?? ""
    #expect(!line.contains("\n"), sourceLocation: location)
    return line
  }

  /// Returns the files in the download folder.
  private func downloadedFiles() throws -> [String] {
    try folder.names().filter { $0.hasPrefix("here/") }
  }

  @Test func fetchesAFileIntoANewFolder() throws {
    try folder.write(content, to: "it's a mirror/file")
    try download(from: ["it's a mirror/file"])
    #expect(try folder.content(of: "here/file") == content)
    #expect(try downloadedFiles() == ["here/file"])
  }

  @Test func checksTheContentOnceDecompressed() throws {
    let compressed = try gzip(content)
    try folder.write(compressed, to: "mirror/file")
    try download(from: ["mirror/file"])
    #expect(try folder.content(of: "here/file") == compressed)
  }

  @Test func checksTheCompressedFile() throws {
    let compressed = try gzip(content)
    try folder.write(content, to: "decompressed")
    try folder.write(compressed, to: "right")
    let lines = try download(from: ["decompressed", "right"], checksum: .md5(md5Hex(compressed)))
    #expect(try folder.content(of: "here/file") == compressed)
    #expect(
      lines.contains(
        "\(folder["decompressed"].absoluteString): found MD5 \(md5Hex(content)), "
          + "expected content with MD5 \(md5Hex(compressed))"))
  }

  #if os(Linux)
    /// The archive of STL-10 has 2.6 GB. Here the process gets room for half of the file.
    @Test func checksAnArchiveInParts() async {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        let file = try folder.write([], to: "archive")
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 256 << 20)
        try handle.close()
        // The size of the address space, in pages.
        let status = try readFile(at: URL(filePath: "/proc/self/statm"))
        let pages = Int(String(decoding: status, as: UTF8.self).prefix { $0 != " " }) ?? 0
        let size = rlim_t(pages * Int(getpagesize()) + 128 << 20)
        var limit = rlimit(rlim_cur: size, rlim_max: size)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let zeros = Checksum.md5("1f5039e50bd66b290c56684d8550c6c2")
        try Download(of: file, from: [], checksum: zeros, limit: 1 << 30).run { _ in }
      }
    }
  #endif

  @Test func goesOnToTheNextMirrorAfterAWebPage() throws {
    let page = try folder.write(webPage, to: "first/file")
    try folder.write(content, to: "second/file")
    let lines = try download(from: ["first/file", "second/file"])
    #expect(try folder.content(of: "here/file") == content)
    #expect(try downloadedFiles() == ["here/file"])
    let reports = lines.filter { $0.contains("content that looks like a web page") }
    #expect(reports.count == 1)
    #expect(reports.first?.hasPrefix(page.absoluteString) == true)
  }

  @Test func goesOnToTheNextMirrorAfterWrongCorruptOrMissingContent() throws {
    try folder.write(Array(content.dropLast()), to: "wrong")
    try folder.write(gzip(content).dropLast(9), to: "truncated")
    try folder.write(content, to: "right")
    let lines = try download(from: ["wrong", "truncated", "missing", "right"])
    #expect(try folder.content(of: "here/file") == content)
    #expect(lines.contains { $0.contains("found SHA-256 \(sha256Hex(content.dropLast()))") })
    #expect(lines.contains { $0.contains("gzip data that ends too early") })
    #expect(lines.contains { line in cannotOpen.contains { line.contains($0) } })
  }

  /// The first part of the mirror's file is wrong, so the hash is right only if that part is not downloaded.
  @Test func resumesAnInterruptedDownload() throws {
    try folder.write(Array(content.prefix(2000)), to: "here/file.part")
    try folder.write(
      [UInt8](repeating: 0, count: 2000) + content.dropFirst(2000), to: "mirror/file")
    try download(from: ["mirror/file"])
    #expect(try folder.content(of: "here/file") == content)
    #expect(try downloadedFiles() == ["here/file"])
  }

  /// A partial file that is wrong, too long, or empty; there is only one mirror.
  @Test(arguments: [2000, 5000, 7000, 0])
  func startsOverIfResumingFails(count: Int) throws {
    try folder.write([UInt8](repeating: 1, count: count), to: "here/file.part")
    try folder.write(content, to: "mirror/file")
    try download(from: ["mirror/file"])
    #expect(try folder.content(of: "here/file") == content)
    #expect(try downloadedFiles() == ["here/file"])
  }

  @Test func namesTheFileAndTheErrorOfEachMirror() throws {
    let page = try folder.write(webPage, to: "page")
    let line = failure(from: ["page", "missing"])
    #expect(line.hasPrefix("\(folder["here/file"].path) could not be downloaded; "))
    #expect(
      line.contains("\(page.absoluteString): found content that looks like a web page, expected"))
    let missing = folder["missing"].absoluteString
    #expect(cannotOpen.contains { line.contains("\(missing): \($0)") })
    #expect(!folder["here"].isPresent)
  }

  @Test func keepsAnExistingFileWithTheRightContent() throws {
    try folder.write(content, to: "here/file")
    let lines = try download(from: ["missing"])
    #expect(lines == ["\(folder["here/file"].path) already exists"])
  }

  @Test func refusesAnExistingFileWithTheWrongContent() throws {
    try folder.write(webPage, to: "here/file")
    try folder.write(content, to: "mirror/file")
    let line = failure(from: ["mirror/file"])
    #expect(line.hasPrefix("\(folder["here/file"].path): found content that looks like a web page"))
    #expect(line.contains("expected content with SHA-256 \(sha256Hex(content))"))
    #expect(try folder.content(of: "here/file") == webPage)
  }

  /// Writes a script that replaces curl, and that has the name of the file to write in `output`, and in `resuming`
  /// whether it resumes an earlier transfer.
  ///
  /// - Returns: The search path with the script alone.
  private func curl(_ lines: String) throws -> String {
    let script = """
      #!/bin/sh
      resuming=no
      while [ $# -gt 0 ]; do
        case "$1" in
          --continue-at) resuming=yes ;;
          --output) output=$2 ;;
        esac
        shift
      done
      \(lines)
      """
    // Another program writes the executable: this process may fork at any time for another test, and a
    // file that a child still holds open for writing cannot be run.
    let source = try folder.write(Array(script.utf8), to: "programs/source")
    try run("install", "-m", "755", source.path, folder["programs/curl"].path)
    return folder["programs"].path
  }

  /// The script appends three bytes each time it resumes, and then reports a cut-off transfer.
  @Test func keepsThePartialFileOfACutOffTransfer() throws {
    let searchPath = try curl(
      """
      [ $resuming = yes ] || rm -f "$output"
      printf abc >>"$output"
      printf 'transfer closed'
      exit 18
      """)
    let line = failure(from: ["first", "second"], searchPath: searchPath)
    #expect(line.contains("\(folder["first"].absoluteString): transfer closed"))
    #expect(line.contains("\(folder["second"].absoluteString): transfer closed"))
    #expect(try folder.content(of: "here/file.part") == Array("abcabc".utf8))
    #expect(try downloadedFiles() == ["here/file.part"])
  }

  /// The script writes at once what is too much, and would take four more seconds to end.
  @Test func breaksOffAndRemovesAFileThatBecomesTooLarge() throws {
    let searchPath = try curl(
      """
      [ ! -e "$output" ] || touch "$output.again"
      head -c 9000 /dev/zero >"$output"
      for i in $(seq 80); do sleep 0.05; done
      touch "$output.ended"
      """)
    let line = failure(from: ["first", "second"], searchPath: searchPath)
    for mirror in ["first", "second"] {
      #expect(
        line.contains(
          "\(folder[mirror].absoluteString): found more than 6000 bytes, expected at most 6000"))
    }
    #expect(try downloadedFiles() == [])
  }

  /// The script would take four seconds to end.
  @Test func breaksOffOnRequestAndTriesNoOtherMirror() throws {
    let searchPath = try curl(
      """
      printf abc >"$output"
      touch "$output.started"
      for i in $(seq 80); do sleep 0.05; done
      touch "$output.ended"
      """)
    var lines: [String] = []
    let line = failure(
      from: ["first", "second"], searchPath: searchPath, progress: { lines.append($0) },
      stoppingWhen: { folder["here/file.part.started"].isPresent })
    #expect(
      line == "\(folder["here/file"].path): broken off on request; the same download continues it")
    #expect(lines == ["downloading \(folder["first"].absoluteString)"])
    #expect(try downloadedFiles() == ["here/file.part", "here/file.part.started"])
  }

  /// The script writes the file when it is called for the second time.
  @Test func goesOnToTheNextMirrorIfCurlWritesNoFile() throws {
    let searchPath = try curl(
      """
      [ ! -e "$output.tried" ] || printf right >"$output"
      touch "$output.tried"
      """)
    let right = Array("right".utf8)
    let lines = try download(
      from: ["first", "second"], checksum: .md5(md5Hex(right)), searchPath: searchPath)
    #expect(try folder.content(of: "here/file") == right)
    #expect(
      lines.contains(
        "\(folder["first"].absoluteString): curl ended without an error and without a file"))
  }

  @Test func missingCurlIsNamed() throws {
    try folder.write(content, to: "mirror/file")
    let line = failure(from: ["mirror/file"], searchPath: "\(folder["no"].path):/nowhere")
    #expect(
      line == "curl: found no such program, expected it in PATH; try: apt-get install curl")
    #expect(try downloadedFiles().isEmpty)
  }

  @Test func aFolderThatCannotBeCreatedIsNamed() throws {
    try folder.write([], to: "here")
    try folder.write(content, to: "mirror/file")
    expectFileError(folder["here"], "Not a directory") { try download(from: ["mirror/file"]) }
  }
}

/// Downloads of MNIST's four files.
@Suite struct MNISTDownloadTests {
  private let folder: TemporaryFolder
  private let set = SmallMNIST()

  init() throws {
    folder = try TemporaryFolder()
    try set.write(to: folder) { "mirror/\($0.fileName).gz" }
  }

  /// Downloads to "data" and returns the progress lines.
  private func download() throws -> [String] {
    var lines: [String] = []
    try MNIST.download(
      into: folder["data"], mirrors: [folder["missing/"], folder["mirror/"]], sums: set.sums
    ) {
      lines.append($0)
    }
    return lines
  }

  @Test func fetchesASetThatCanBeRead() throws {
    let lines = try download()
    #expect(lines.count { $0.hasPrefix("downloading ") } == 8)
    #expect(try MNIST.load(from: folder["data"], sums: set.sums)?.name == "MNIST")
    #expect(
      try folder.names().filter { $0.hasPrefix("data/") } == [
        "data/mnist/t10k-images-idx3-ubyte.gz", "data/mnist/t10k-labels-idx1-ubyte.gz",
        "data/mnist/train-images-idx3-ubyte.gz", "data/mnist/train-labels-idx1-ubyte.gz",
      ])
  }

  @Test func leavesNoFoldersIfItFails() throws {
    let place = folder["new/data"]
    #expect(throws: DatasetError.self) {
      try MNIST.download(into: place, mirrors: [folder["missing/"]], sums: set.sums) { _ in }
    }
    #expect(!folder["new"].isPresent)
  }

  @Test func waitsForAnotherDownload() throws {
    try makeFolder(at: folder["data"])
    let descriptor = unsafe open(folder["data"].path, O_RDONLY | O_CLOEXEC)
    #expect(lockFile(descriptor) == .taken)
    var lines: [String] = []
    try MNIST.download(into: folder["data"], mirrors: [folder["mirror/"]], sums: set.sums) { line in
      lines.append(line)
      if line.hasPrefix("waiting for another process that downloads into ") { close(descriptor) }
    }
    #expect(lines.count { $0.hasPrefix("waiting") } == 1 && lines[0].hasPrefix("waiting"))
    #expect(try MNIST.load(from: folder["data"], sums: set.sums)?.name == "MNIST")
  }

  @Test(arguments: ["data/mnist/t10k-labels-idx1-ubyte", "data/t10k-labels.idx1-ubyte.gz"])
  func completesASetInItsFolder(present: String) throws {
    let labels = try #require(set.contents[.testLabels])
    try folder.write(labels, to: present)
    let lines = try download()
    #expect(lines.contains("\(folder[present].path) already exists"))
    #expect(lines.count { $0.hasPrefix("downloading ") } == 6)
    #expect(try MNIST.load(from: folder["data"])?.test.labels == SmallMNIST.testLabels)
    #expect(try folder.names().filter { $0.hasPrefix("data/") }.count == 4)
  }

  @Test func refusesToReplaceOtherData() throws {
    let other = try folder.write([1, 2, 3], to: "data/mnist/train-labels-idx1-ubyte")
    let error = #expect(throws: DatasetError.self) { try download() }
    #expect(error?.description.hasPrefix("\(other.path): found SHA-256 ") == true)
  }

  @Test func publishedMirrorsAreAddresses() {
    #expect(MNIST.mirrors.count == 3)
    #expect(MNIST.mirrors.allSatisfy { $0.absoluteString.wholeMatch(of: /https:.*\//) != nil })
  }
}
