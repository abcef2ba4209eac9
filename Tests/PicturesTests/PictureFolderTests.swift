import ChapterKit
import Datasets
import Files
import Foundation
import Testing

import Pictures

extension PictureTests {
  /// Folders of pictures: layouts, faults and the choice of pictures.
  @Suite struct PictureFolderTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test func findsLabelledAndUnlabelledPictures() throws {
      try folder.add("labelled/robin/1.jpg", "labelled/robin/more/2.JPEG", "labelled/wren/3.png")
      try folder.add("unlabelled/a/4.webp", "unlabelled/5.heic", "test/wren/6.jpg")
      try folder.add("labelled/robin/.hidden.jpg", "labelled/robin/notes.txt", "labelled/7.jpg")
      let found = try PictureFolder(folder.url)
      #expect(found.layout == .labelledAndUnlabelled)
      #expect(found.classes == ["robin", "wren"])
      #expect(
        found.pictures.map(\.path) == [
          "labelled/robin/1.jpg", "labelled/robin/more/2.JPEG", "labelled/wren/3.png",
          "unlabelled/5.heic", "unlabelled/a/4.webp", "test/wren/6.jpg",
        ])
      #expect(found.pictures.map(\.label) == [0, 0, 1, nil, nil, 1])
      #expect(
        found.pictures.map(\.part) == [
          .training, .training, .training, .unlabelled, .unlabelled, .test,
        ])
      #expect((found.otherFiles, found.strayPictures) == (1, 1))
      try folder.add("8.jpg", "readme.txt", "pictures.json")
      let later = try PictureFolder(folder.url)
      #expect((later.otherFiles, later.strayPictures) == (2, 2))
    }

    @Test func reportsTheLayoutAndTheClasses() throws {
      try folder.add("labelled/robin/1.jpg", "labelled/wren/2.jpg", "unlabelled/3.jpg")
      try folder.add("test/wren/4.jpg")
      let lines = try selection().report(on: PictureFolder(folder.url))
      #expect(
        lines.first?.hasSuffix(
          ": layout labelled and unlabelled: 2 classes (robin, wren), 2 pictures with a class, 1 without, 1 for the test"
        ) == true)
      #expect(lines.contains { $0.contains(": no test picture of robin; ") })
    }

    /// macOS writes names in the decomposed form, other systems keep the form that was typed.
    @Test func aClassMayHaveAnotherUnicodeFormAmongTheTestPictures() throws {
      try folder.add("labelled/caf\u{E9}/1.jpg", "labelled/bar/1.jpg", "unlabelled/1.jpg")
      try folder.add("test/cafe\u{301}/2.jpg")
      let found = try PictureFolder(folder.url)
      #expect(found.pictures.last?.label == 1)
      #expect(
        found.pictures.last.map { Array($0.path.utf8) } == Array("test/cafe\u{301}/2.jpg".utf8))
    }

    /// Two folders whose names a `String` takes for equal, and a link that leads back.
    @Test func foldersOfNamesInBothUnicodeFormsAreRead() throws {
      try folder.add("labelled/a/1.jpg", "labelled/b/1.jpg")
      try folder.add("unlabelled/caf\u{E9}/2.jpg", "unlabelled/cafe\u{301}/3.jpg")
      try FileManager.default.createSymbolicLink(
        atPath: folder.url.appending(path: "unlabelled/cafe\u{301}/up").path,
        withDestinationPath: "../../unlabelled")
      let found = try PictureFolder(folder.url).pictures.filter { $0.label == nil }
      #expect(found.map { $0.path.suffix(5) }.sorted() == ["2.jpg", "3.jpg"])
    }

    @Test(arguments: ["test", "val"]) func findsTorchvisionsLayout(_ test: String) throws {
      try folder.add("train/b/1.jpg", "train/a/2.jpg", "\(test)/a/3.jpg")
      let found = try PictureFolder(folder.url)
      #expect(found.layout == .trainingAndTest)
      #expect(found.pictures.map(\.label) == [0, 1, 0])
      #expect(found.pictures.last?.part == .test)
    }

    @Test func findsFoldersOfClasses() throws {
      try folder.add("cat/1.jpg", "dog/2.jpg", "pictures.json")
      let found = try PictureFolder(folder.url)
      #expect(found.layout == .classes)
      #expect(found.classes == ["cat", "dog"])
      #expect(found.otherFiles == 0)
    }

    @Test func theNameOfAnOriginIsALine() throws {
      try folder.add("cat/1.jpg", "dog/2.jpg")
      let found = try PictureFolder(folder.url)
      #expect(try found.origin() == nil)
      for (name, isValid) in [
        ("CIFAR-10", true), (String(repeating: "x", count: 200), true), ("", false),
        (String(repeating: "x", count: 201), false), ("CIFAR\n10", false),
      ] {
        let origin = PictureFolder.Origin(name: name, isSynthetic: false)
        try JSONEncoder().encode(origin).write(to: folder.url.appending(path: "pictures.json"))
        guard !isValid else {
          #expect(try found.origin() == origin)
          continue
        }
        let error = #expect(throws: PictureError.self) { try found.origin() }
        #expect(
          error?.description.hasSuffix(
            "pictures.json: found a name of \(name.count) characters, expected a name of 1 to 200 "
              + "characters on one line") == true)
      }
    }

    /// The folders of a user, and those among them that are not used.
    static let layouts: [(files: [String], unused: [String])] = [
      (
        ["labelled/a/1.jpg", "labelled/b/1.jpg", "unlabelled/1.jpg", "test/a/1.jpg", "notes.txt"],
        []
      ),
      (
        [
          "labelled/a/1.jpg", "labelled/a/2.jpg", "labelled/b/1.jpg", "labelled/b/2.jpg",
          "unlabelled/1.jpg", "val/a/1.jpg", "train/a/1.jpg",
        ],
        ["train", "val"]
      ),
      (
        ["train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "val/a/2.jpg", "unlabelled/1.jpg"],
        ["unlabelled", "val"]
      ),
      (["train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", ".hidden/1.jpg"], []),
      (["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"], []),
    ]

    @Test(arguments: layouts.indices) func reportsFoldersThatAreNotUsed(_ index: Int) throws {
      let layout = Self.layouts[index]
      for file in layout.files { try folder.add(file) }
      let found = try PictureFolder(folder.url)
      #expect(found.unusedFolders == layout.unused)
      let line = "which are not used: \(layout.unused.joined(separator: ", "))"
      let isReported = try selection().report(on: found).contains { $0.hasSuffix(line) }
      #expect(isReported == !layout.unused.isEmpty)
    }

    @Test func followsALinkThatLeadsBackOnlyOnce() throws {
      try folder.add("cat/1.jpg", "dog/2.jpg")
      try FileManager.default.createSymbolicLink(
        at: folder.url.appending(path: "cat/loop"),
        withDestinationURL: folder.url.appending(path: "cat"))
      #expect(try PictureFolder(folder.url).pictures.count == 2)
    }

    /// The files of a folder, and the error that they cause.
    static let faults: [(files: [String], line: String)] = [
      (
        [],
        "found no folder of a class, expected a folder with pictures for each of at least 2 classes"
      ),
      (["cat/1.jpg"], "found only the class cat"),
      (["cat/1.jpg", "dog/notes.txt"], "dog: found no picture, expected files that end in .jpg"),
      (
        ["labelled/a/1.jpg", "labelled/b/1.jpg"], "unlabelled: found no such folder beside labelled"
      ),
      (
        ["labelled/a/1.jpg", "labelled/b/1.jpg", "unlabelled/x.txt"],
        "unlabelled: found no picture"
      ),
      (
        ["train/a/1.jpg", "train/b/1.jpg", "test/c/1.jpg"],
        "test/c: found a class without training pictures, expected one of a, b"
      ),
      (
        ["a/1.jpg", "b/1.jpg", "unlabelled/1.jpg"],
        "unlabelled: found this folder beside folders of classes, expected labelled/CLASS beside "
          + "unlabelled and test, or train/CLASS beside test or val"
      ),
      (
        ["a/1.jpg", "b/1.jpg", "test/a/1.jpg"],
        "test: found this folder beside folders of classes"
      ),
      (["a\tb/1.jpg", "c/1.jpg"], "found the class \"a\\tb\", expected a name without tabs"),
      (
        ["labeled/a/1.jpg", "labeled/b/1.jpg", "unlabeled/1.jpg"],
        "labeled: found this name, expected the name labelled"
      ),
      (["train/a/1.jpg", "train/b/1.jpg", "Test/a/1.jpg"], "Test: found this name, expected"),
      // A composed and a decomposed é.
      (["caf\u{E9}/1.jpg", "cafe\u{301}/1.jpg"], "found two folders of the class café"),
    ]

    @Test(arguments: faults.indices) func namesAFaultInOneLine(_ index: Int) throws {
      let fault = Self.faults[index]
      for file in fault.files { try folder.add(file) }
      let error = #expect(throws: PictureError.self) { try PictureFolder(folder.url) }
      #expect(error?.description.contains(fault.line) == true, "\(error!)")
      #expect(error?.description.contains("\n") == false)
    }

    /// A folder's files, a folder for results in it, and whether this lies among the pictures.
    static let outputs = [
      (files: ["cat/1.jpg", "dog/1.jpg"], output: "results", isAmongPictures: true),
      (["cat/1.jpg", "dog/1.jpg"], "../results", false),
      (["cat/1.jpg", "dog/1.jpg"], "", true),
      (["train/a/1.jpg", "train/b/1.jpg"], "results", false),
      (["train/a/1.jpg", "train/b/1.jpg"], "train/results", true),
      (["train/a/1.jpg", "train/b/1.jpg"], "train-results", false),
      (["train/a/1.jpg", "train/b/1.jpg"], "val", true),
    ]

    @Test(arguments: outputs.indices)
    func refusesAFolderOfResultsAmongThePictures(_ index: Int) throws {
      let (files, output, isAmongPictures) = Self.outputs[index]
      for file in files { try folder.add(file) }
      var message: String?
      do {
        _ = try PictureFolder(folder.url, output: folder.url.appending(path: output))
      } catch {
        message = "\(error)"
      }
      let isRefused = message?.contains("found a folder for results in ") ?? false
      #expect(isRefused == isAmongPictures, "\(message ?? "no error")")
    }

    // MARK: The choice

    /// Readings of the pictures in the folder, each with its path as content unless `contents` has another.
    private func selection(
      _ contents: [String: String] = [:], unreadable: Set<String> = [], maximum: Double = 0.05
    ) throws -> PictureSelection {
      let found = try PictureFolder(folder.url)
      let readings = found.pictures.map { picture in
        PictureCache.Reading(
          sha256: sha256Hex(Data((contents[picture.path] ?? picture.path).utf8)),
          problem: unreadable.contains(picture.path) ? "a damaged picture" : nil)
      }
      return try PictureSelection(found, readings, maximumUnreadable: maximum)
    }

    @Test func testPicturesThatCannotBeReadAreNotReplaced() throws {
      for index in 0..<40 { try folder.add("train/cat/\(index).jpg", "train/dog/\(index).jpg") }
      try folder.add("test/cat/0.heic", "test/dog/0.heic")
      let error = #expect(throws: PictureError.self) {
        try selection(unreadable: ["test/cat/0.heic", "test/dog/0.heic"])
      }
      #expect(
        error?.description.contains(
          "test pictures: found none that can be used, such as test/cat/0.heic") == true)
    }

    @Test func holdsOutAFifthOfEachClassByContent() throws {
      for index in 0..<10 { try folder.add("cat/\(index).jpg", "dog/\(index).jpg") }
      let chosen = try selection()
      #expect(chosen.findings.isTestHeldOut)
      #expect(chosen.test.map(\.label) == [0, 0, 1, 1])
      #expect(chosen.training.count == 16)
      #expect(Set(chosen.test).isDisjoint(with: chosen.training))
      // The choice stays when a picture is added.
      try folder.add("cat/new.jpg")
      let later = Set(try selection().test.map(\.path))
      #expect(Set(chosen.test.map(\.path)).subtracting(later).count <= 1)
    }

    @Test func reportsUnreadableFilesUpToAShare() throws {
      for index in 0..<10 { try folder.add("cat/\(index).jpg", "dog/\(index).jpg") }
      let chosen = try selection(unreadable: ["cat/3.jpg"])
      #expect(chosen.findings.unreadable.map(\.path) == ["cat/3.jpg"])
      #expect(chosen.training.count + chosen.test.count == 19)
      let error = #expect(throws: PictureError.self) {
        try selection(unreadable: ["cat/3.jpg", "dog/1.jpg"])
      }
      #expect(
        error?.description.contains(
          "found 2 of 20 files that are not pictures, such as cat/3.jpg: a damaged picture, expected at most 5 %"
        )
          == true, "\(error!)")
      #expect(throws: Never.self) {
        try selection(unreadable: ["cat/3.jpg", "dog/1.jpg"], maximum: 0.1)
      }
    }

    @Test func reportsAFileInALineOfItsOwn() throws {
      for index in 0..<10 { try folder.add("cat/\(index).jpg", "dog/\(index).jpg") }
      let files = (0..<6).map { "cat/\($0).jpg" }
      let lines = try selection(unreadable: Set(files), maximum: 0.5)
        .report(on: try PictureFolder(folder.url))
      let start = try #require(lines.firstIndex { $0.hasSuffix("and are left out: 6") })
      #expect(
        Array(lines[(start + 1)...(start + 6)])
          == files.prefix(5).map { "  \($0): a damaged picture" } + ["  and 1 more"])
    }

    @Test func findsTheSamePictureInTwoClasses() throws {
      try folder.add("cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/2.jpg")
      let error = #expect(throws: PictureError.self) {
        try selection(["cat/2.jpg": "same", "dog/1.jpg": "same"])
      }
      #expect(
        error?.description.contains(
          "cat/2.jpg: found the same picture in the class cat as in dog (dog/1.jpg)") == true,
        "\(error!)")
    }

    @Test func leavesOutSecondCopies() throws {
      try folder.add("labelled/a/1.jpg", "labelled/a/2.jpg", "labelled/b/1.jpg", "labelled/b/2.jpg")
      try folder.add("unlabelled/1.jpg", "unlabelled/2.jpg", "test/a/t.jpg", "test/b/t.jpg")
      let chosen = try selection([
        "unlabelled/1.jpg": "labelled/a/1.jpg", "labelled/b/2.jpg": "test/b/t.jpg",
      ])
      #expect(
        chosen.training.map(\.path) == ["labelled/a/1.jpg", "labelled/a/2.jpg", "labelled/b/1.jpg"])
      #expect(chosen.unlabelled.map(\.path) == ["unlabelled/2.jpg"])
      #expect(chosen.test.count == 2)
      #expect(
        chosen.findings.duplicates.map(\.reason) == [
          "the same as test/b/t.jpg (test)", "the same as labelled/a/1.jpg (training)",
        ])
      #expect(chosen.findings.smallClasses == ["a", "b"])
      #expect(
        chosen.report(on: try PictureFolder(folder.url)).contains { $0.contains("fewer than 10") })
    }

    @Test func refusesAClassWithTooFewPictures() throws {
      try folder.add("cat/1.jpg", "cat/2.jpg", "dog/1.jpg")
      let error = #expect(throws: PictureError.self) { try selection() }
      #expect(
        error?.description.contains("class dog: found 1 training pictures, expected at least 2")
          == true,
        "\(error!)")
    }

    // MARK: The cache

    @Test func decodesAFileOnceAndFindsItAgainByContent() throws {
      let files = ["quadrants.png", "truncated.jpg", "grey.jpg"].map(fixture)
      let place = folder.url.appending(path: "cache")
      let first = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) { _ in }
      let readings = try first.read(files)
      #expect(readings.map { $0.problem != nil } == [false, true, false])
      let packs = try listFolder(at: place.appending(path: "32"))
      #expect(packs == ["pack-0.json", "pack-0.pixels"])

      // Another process finds everything, also a copy under another name, without a new picture.
      let copy = folder.url.appending(path: "copy.png")
      try FileManager.default.copyItem(at: files[0], to: copy)
      let second = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) { _ in }
      #expect(try second.read(files) == readings)
      #expect(try listFolder(at: place.appending(path: "32")) == packs)
      #expect(try second.read([copy])[0] == readings[0])
      let pixels = try second.pixels(of: [readings[2].sha256, readings[0].sha256])
      let decoded = try PictureDecoder(size: 32).decode([files[2], files[0]]).flatMap {
        try $0.pixels.get()
      }
      #expect(pixels == decoded)
    }

    /// Reads files in a run of a chapter, with a cache in its OUT; `notes` is what it prints to standard error.
    private func readInRun(_ files: [URL]) throws -> (
      readings: [PictureCache.Reading], pixels: [UInt8], notes: String
    ) {
      try makeFolder(at: folder.url.appending(path: "figures"))
      var (readings, pixels, notes): ([PictureCache.Reading], [UInt8], String) = ([], [], "")
      let environment = RunEnvironment(
        root: folder.url,
        console: Console(isTerminal: false, output: { _ in }, errors: { notes += $0 }),
        gnuplot: nil, sources: SourceState(commit: "unknown", dirty: nil), executableSHA256: "",
        blasCore: "", clock: { 0 }, date: { Date() },
        stopSignals: StopSignals(watch: {}, release: {}, received: { nil }))
      let chapter = Chapter(
        "test", "Test", summary: "reads.", presets: [.scale(.short, costs: "seconds")])
      _ = chapter.run(arguments: [], in: environment) { run in
        let cache = try PictureCache(
          in: run.directory("cache/pictures"), decoder: PictureDecoder(size: 32), note: run.note)
        readings = try cache.read(files, in: run)
        pixels = try cache.pixels(of: readings.filter { $0.problem == nil }.map(\.sha256))
      }
      return (readings, pixels, notes)
    }

    /// The second run finds the pictures in the cache, which is deleted before the third.
    @Test func eachRunReadsThePictures() throws {
      let files = ["quadrants.png", "grey.png"].map(fixture)
      let first = try readInRun(files)
      #expect(first.readings.map(\.problem) == [nil, nil])
      #expect(first.pixels.count == 2 * 32 * 32 * 3)
      #expect(first.notes.contains("pictures: 1 of 1\npictures: done in 0.0 s\n"))
      let second = try readInRun(files)
      #expect(second.readings == first.readings && second.pixels == first.pixels)
      #expect(!second.notes.contains("pictures: 1 of 1"))
      removeTree(at: folder.url.appending(path: "figures/cache"))
      let third = try readInRun(files)
      #expect(third.readings == first.readings && third.pixels == first.pixels)
    }

    /// The superuser can read every file.
    @Test(.enabled(if: geteuid() != 0)) func triesAnUnreadableFileAgain() throws {
      let file = folder.url.appending(path: "picture.png")
      try FileManager.default.copyItem(at: fixture("quadrants.png"), to: file)
      unsafe chmod(file.filePath, 0)
      #expect(try readInRun([file]).readings[0].problem?.contains("Permission denied") == true)
      unsafe chmod(file.filePath, 0o644)
      #expect(try readInRun([file]).readings[0].problem == nil)
    }

    @Test func leavesNoFoldersWithoutAPicture() throws {
      do {
        let cache = try PictureCache(
          in: folder.url.appending(path: "new/cache"), decoder: PictureDecoder(size: 32)
        ) { _ in }
        #expect(try cache.read([fixture("truncated.jpg")])[0].problem != nil)
      }
      #expect(!folder.url.appending(path: "new").isPresent)
    }

    /// A folder in the place of the pack's file makes the first write fail.
    @Test func decodesAgainWhatCouldNotBeStored() throws {
      let files = [fixture("quadrants.png")]
      let place = folder.url.appending(path: "cache")
      let cache = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) { _ in }
      try folder.add("cache/32/pack-0.pixels/obstacle")
      #expect(throws: FileError.self) { try cache.read(files) }
      try FileManager.default.removeItem(at: place.appending(path: "32/pack-0.pixels"))
      let readings = try cache.read(files)
      #expect(try cache.pixels(of: readings.map(\.sha256)).count == 32 * 32 * 3)
      let again = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) {
        Issue.record("\($0)")
      }
      #expect(try again.read(files) == readings)
    }

    @Test func decodesTheFilesOfADamagedPackAgain() throws {
      let files = [fixture("quadrants.png")]
      let place = folder.url.appending(path: "cache")
      let readings = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) { _ in }.read(
        files)
      try Data("damaged".utf8).write(to: place.appending(path: "32/pack-0.json"))
      var notes: [String] = []
      let again = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) {
        notes.append($0)
      }
      #expect(notes.count == 1 && notes[0].contains("pack-0.json: found a damaged file"))
      #expect(!place.appending(path: "32/pack-0.pixels").isPresent)
      #expect(try again.read(files) == readings)
      try Data("damaged".utf8).write(to: place.appending(path: "32/pack-1.pixels"))
      #expect(throws: PictureError.self) { try again.pixels(of: readings.map(\.sha256)) }
    }

    /// The numbers do not count on beyond the largest integer.
    @Test func ignoresFilesThatAreNoPacks() throws {
      let place = folder.url.appending(path: "cache")
      for name in ["9223372036854775807", "9223372036854775806", "-1", "+1", "01", "1e3", ""] {
        try folder.add("cache/32/pack-\(name).json")
      }
      let before = try listFolder(at: place.appending(path: "32"))
      let cache = try PictureCache(in: place, decoder: PictureDecoder(size: 32)) {
        Issue.record("\($0)")
      }
      #expect(try cache.read([fixture("quadrants.png")]).map(\.problem) == [nil])
      let after = try listFolder(at: place.appending(path: "32"))
      #expect(Set(after).subtracting(before) == ["pack-0.json", "pack-0.pixels"])
    }

    /// Archives and some file systems round times to seconds.
    @Test func readsFilesThatChangedPlacesAgain() throws {
      let files = ["1.png", "2.png"].map { folder.url.appending(path: $0) }
      let names = ["quadrants.png", "grey.png"]
      let contents = try names.map { try Data(contentsOf: fixture($0)) }
      let longest = contents.map(\.count).max()!
      // PNG ends with its chunk IEND; bytes behind it are ignored.
      let padded = contents.map { $0 + Data(count: longest - $0.count) }
      let times = Array(repeating: timespec(tv_sec: 1_700_000_000, tv_nsec: 0), count: 2)
      for (file, content) in zip(files, padded) {
        try content.write(to: file)
        unsafe utimensat(AT_FDCWD, file.filePath, times, 0)
      }
      let cache = try PictureCache(
        in: folder.url.appending(path: "cache"), decoder: PictureDecoder(size: 32)
      ) { _ in }
      let before = try cache.read(files)
      #expect(before.map(\.problem) == [nil, nil])
      let third = folder.url.appending(path: "3.png")
      for (from, to) in [(files[0], third), (files[1], files[0]), (third, files[1])] {
        try FileManager.default.moveItem(at: from, to: to)
      }
      #expect(try cache.read(files) == before.reversed())
    }

    @Test func readsAChangedFileAgain() throws {
      let file = folder.url.appending(path: "picture.png")
      try FileManager.default.copyItem(at: fixture("quadrants.png"), to: file)
      let cache = try PictureCache(
        in: folder.url.appending(path: "cache"), decoder: PictureDecoder(size: 32)
      ) { _ in }
      let before = try cache.read([file])
      try Data(contentsOf: fixture("grey.png")).write(to: file)
      #expect(try cache.read([file]) != before)
    }

    @Test func makesADataSetWithKnownAndUnknownClasses() throws {
      let names = ["quadrants.png", "grey.png", "alpha.png", "p3.png", "palette.png"]
      let paths = [
        "labelled/a/1.png", "labelled/b/2.png", "unlabelled/3.png", "test/a/4.png", "test/b/5.png",
      ]
      for (name, path) in zip(names, paths) {
        let file = folder.url.appending(path: path)
        try makeFolder(at: file.deletingLastPathComponent())
        try FileManager.default.copyItem(at: fixture(name), to: file)
      }
      let found = try PictureFolder(folder.url)
      let cache = try PictureCache(
        in: folder.url.appending(path: "cache"), decoder: PictureDecoder(size: 32)
      ) { _ in }
      let readings = try cache.read(found.pictures.map(found.url))
      let chosen = try PictureSelection(found, readings, maximumUnreadable: 0)
      let dataset = try chosen.dataset(named: "birds", from: cache)
      #expect((dataset.train.count, dataset.knownLabels, dataset.test.count) == (3, 2, 2))
      #expect(dataset.train.labels == [0, 1, 0] && dataset.test.labels == [0, 1])
      #expect(dataset.train.height == 32 && dataset.train.channels == 3)
    }
  }
}

/// A temporary folder of empty files, removed at the end.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Creates empty files and their folders.
  func add(_ paths: String...) throws {
    for path in paths {
      let file = url.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: file)
    }
  }
}
