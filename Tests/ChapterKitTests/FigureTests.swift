import ChapterKit
import Files
import Foundation
import Testing

@Suite struct FigureTests {
  /// Runs a chapter with one data file and one picture.
  private func draw(
    _ bench: Workbench, x: [Double] = [0.1, 1], temperature: String = "0.5", commit: String? = nil
  ) -> Int32 {
    bench.run { run in
      _ = try run.stage("sharpen") { _ in 1 }
      run.write(
        DataFile(
          name: "chapter3-dots",
          columns: [DataColumn("x", x), DataColumn("class", Array(x.indices))]))
      run.draw(
        "dots", into: "dots.svg", data: ["chapter3-dots"], variables: ["temperature": temperature])
    }
  }

  @Test func picturesAreDrawnAgainOnlyAfterChanges() throws {
    let bench = try Workbench()
    func drawings(
      after change: () throws -> Void = {}, _ x: [Double] = [0.1, 1], _ t: String = "0.5"
    )
      throws -> Int
    {
      let before = bench.drawings
      try change()
      #expect(draw(bench, x: x, temperature: t) == 0, "\(bench.standardError)")
      return bench.drawings - before
    }
    #expect(try drawings() == 1)
    #expect(try drawings() == 0)
    #expect(try drawings(after: { bench.commit = "abcdef0" }) == 0, "the results are the old ones")
    let script = "# 'figures/lines.gp'\nload 'figures/style.gp'\nplot 'figures/article/dots.tsv'"
    #expect(try drawings(after: { try bench.write(script, to: "figures/dots.gp") }) == 1)
    #expect(try drawings(after: { try bench.write("unset grid", to: "figures/style.gp") }) == 1)
    #expect(try drawings(after: { try bench.write("7", to: "figures/article/dots.tsv") }) == 1)
    #expect(try drawings(after: { try bench.write("x", to: "figures/lines.gp") }) == 0)
    #expect(try drawings([0.2, 1]) == 1)
    #expect(try drawings([0.2, 1], "0.1") == 1)
    #expect(
      try drawings(after: { try bench.write("x", to: "figures/dots.svg") }, [0.2, 1], "0.1") == 1)
    #expect(
      try drawings(
        after: { try FileManager.default.removeItem(at: bench.out.appending(path: "dots.svg")) },
        [0.2, 1], "0.1") == 1)
    #expect(try drawings([0.2, 1], "0.1") == 0)
    // A new result has a new origin, which is part of the picture's stamp.
    #expect(try drawings(after: { bench.program = "program 2" }, [0.2, 1], "0.1") == 1)
  }

  @Test func gnuplotGetsVariablesUnchanged() throws {
    let bench = try Workbench()
    #expect(draw(bench, temperature: "it's \"5½\" $HOME `id`") == 0, "\(bench.standardError)")
    let picture = try #require(bench.read("figures/dots.svg"))
    let path = bench.out.path.replacing("'", with: #"\0047"#)
    #expect(path.contains(#"chapter kit\0047s "#), "the path needs quoting")
    #expect(
      picture.contains(
        "\nplot 1data=\"\(path)/cache/chapter3/drawing/data\"; out=\"/dev/stdout\"; "))
    #expect(!bench.names(in: "figures/cache/chapter3").contains("drawing"))
    #expect(
      picture.contains(
        #"; temperature="it\0047s \00425½\0042 \0044HOME \0140id\0140"; watermark="""# + "\n"))
    #expect(picture.contains("; stamp=\"chapter 3 · preset article · seed 0 · commit 1a2b3c4 · "))
    #expect(bench.names(in: "figures").filter { $0.hasPrefix(".partial") } == [])
  }

  /// A figure with a text in a data file and in a variable; the contents in which gnuplot gets them.
  private func textForGnuplot(_ text: String, into picture: String) -> (
    data: String, value: String, warning: String?
  ) {
    let figure = Figure(script: "dots", picture: picture, data: ["dots"], variables: ["name": text])
    let drawable = DrawableText(for: figure, [Data(text.utf8)])
    return (
      String(decoding: drawable.data[0], as: UTF8.self), drawable.variables["name"]!,
      drawable.warning
    )
  }

  @Test func aBackslashIsNoEscapeSequenceInADataFile() {
    for picture in ["dots.svg", "dots.png"] {
      let text = textForGnuplot(#"back\slash, λ ½"#, into: picture)
      #expect(text.data == "back\u{2216}slash, λ ½" && text.value == #"back\slash, λ ½"#)
      #expect(text.warning == nil)
    }
  }

  /// U+10FFFD is for private use.
  @Test(.enabled(if: ExternalProgram("fc-list") != nil))
  func aCharacterWithoutFontIsReplacedInPNGOnly() {
    #expect(textForGnuplot("a\u{10FFFD}b\u{200D}", into: "dots.svg").data == "a\u{10FFFD}b\u{200D}")
    let text = textForGnuplot("a\u{10FFFD}b\u{200D}", into: "dots.png")
    #expect(text.data == "a\u{FFFD}b\u{200D}" && text.value == text.data)
    #expect(
      text.warning?.hasPrefix("found no font with the characters \u{10FFFD}, expected one") == true)
  }

  @Test func smokeRunsWarnInThePicture() throws {
    let bench = try Workbench()
    let status = bench.run("--preset", "smoke") { run in
      run.draw("dots", into: "dots.svg", data: [])
    }
    #expect(status == 0, "\(bench.standardError)")
    #expect(bench.read("figures/smoke/dots.svg")?.contains(#"watermark="SMOKE RUN""#) == true)
  }

  @Test(arguments: [
    ("echo 'line 3: undefined' >&2; exit 1", "found exit status 1 from gnuplot"),
    ("echo 'line 3: undefined' >&2", "found no picture from gnuplot"),
    ("echo 'line 3: undefined' >&2; kill -9 $$", "found exit status 137 from gnuplot"),
    ("echo '<?xml?><svg>'; echo 'line 3: undefined' >&2", "found a truncated SVG of 13 bytes"),
  ])
  func aFailingGnuplotIsQuotedAndLeavesNoPicture(script: String, found: String) throws {
    let bench = try Workbench()
    bench.gnuplot = try bench.gnuplot(script)
    #expect(draw(bench) == 1)
    #expect(bench.complaints.suffix(2).first == "gnuplot: line 3: undefined")
    #expect(
      bench.complaints.last?.hasPrefix(
        "chapter3: figures/dots.gp: \(found)") == true)
    #expect(bench.complaints.last?.contains(", expected dots.svg; the data files are in ") == true)
    #expect(bench.read("figures/cache/chapter3/drawing/data/chapter3-dots.tsv") != nil)
    #expect(bench.names(in: "figures/data") == [])
    #expect(bench.names(in: "figures").sorted() == ["cache", "dots.gp", "style.gp"])
  }

  @Test func aMissingGnuplotOrScriptOrDataFileIsNamed() throws {
    let bench = try Workbench()
    bench.gnuplot = nil
    #expect(draw(bench) == 1)
    #expect(bench.complaints.last?.hasPrefix("chapter3: gnuplot: found no such program") == true)
    #expect(bench.read("figures/cache/chapter3/drawing/data/chapter3-dots.tsv") != nil)

    #expect(bench.run { $0.draw("lines", into: "lines.png", data: []) } == 1)
    #expect(
      bench.complaints.last?.hasPrefix("chapter3: figures/lines.gp: found no such file") == true)

    #expect(bench.run { $0.draw("dots", into: "dots.svg", data: ["chapter2-x"]) } == 1)
    #expect(
      bench.complaints.last?.hasSuffix(
        "data/chapter2-x.tsv: found no such file, expected a data file for dots.svg") == true)
  }

  /// A run whose last picture cannot be drawn leaves the files of the run before it, which match their record.
  @Test func aRunWithoutAllPicturesLeavesTheEarlierResults() throws {
    let bench = try Workbench()
    func files() -> [String?] {
      ["data/chapter3-dots.tsv", "dots.svg", "chapter3.json"].map { bench.read("figures/\($0)") }
    }
    #expect(draw(bench) == 0, "\(bench.standardError)")
    let before = files()
    let working = bench.gnuplot
    bench.gnuplot = nil
    (bench.program, bench.commit) = ("program 2", "abcdef0")
    #expect(draw(bench, x: [0.2, 1]) == 1)
    #expect(files() == before)
    bench.gnuplot = working
    #expect(draw(bench, x: [0.2, 1]) == 0, "\(bench.standardError)")
    #expect(zip(files(), before).allSatisfy { $0 != $1 })
  }

  @Test func realGnuplotReadsTheDataAndTheQuotes() throws {
    let gnuplot = try #require(ExternalProgram("gnuplot")?.executable, "the tests need gnuplot")
    let bench = try Workbench()
    bench.gnuplot = gnuplot
    try bench.write(
      """
      set encoding utf8
      set datafile separator "\\t"
      set key autotitle columnheader
      set print out
      print temperature
      file = data.'/chapter3-dots.tsv'
      stats file using "x" nooutput
      print sprintf("%.17g %d", STATS_sum, STATS_records)
      """, to: "figures/dots.gp")
    let status = bench.run { run in
      run.write(DataFile(name: "chapter3-dots", columns: [DataColumn("x", [0.1, 1])]))
      run.draw(
        "dots", into: "dots.txt", data: ["chapter3-dots"], variables: ["temperature": "it's \"½\""])
    }
    #expect(status == 0, "\(bench.standardError)")
    #expect(bench.read("figures/dots.txt") == "it's \"½\"\n1.1000000000000001 2\n")
  }

  /// gnuplot exits with status 0 when the disk is full, and only warns.
  @Test func aWarningAboutWritingIsAFailure() throws {
    let bench = try Workbench()
    bench.gnuplot = try bench.gnuplot(
      "echo '<?xml?></svg>'; echo 'svg: could not write to file: No space left' >&2")
    #expect(draw(bench) == 1)
    #expect(
      bench.complaints.last?.contains("found a warning about writing from gnuplot") == true)
    #expect(bench.read("figures/dots.svg") == nil)
  }

  @Test func aGnuplotThatCannotBeStartedIsNamed() throws {
    let bench = try Workbench()
    bench.gnuplot = try bench.script(named: "gnuplot", "")
    try bench.write("#!/no/such/interpreter\n", to: "gnuplot")
    #expect(draw(bench) == 1)
    #expect(
      bench.complaints.last?.hasSuffix(
        "gnuplot: cannot be started (found no interpreter /no/such/interpreter, which its first line "
          + "names); install it again, or put another one first in PATH") == true,
      "\(bench.standardError)")
  }

  /// A gnuplot that hangs, and would end by itself after four seconds.
  @Test(arguments: ["--version", "-d"]) func aSignalEndsGnuplot(argument: String) throws {
    let bench = try Workbench()
    let program = try bench.script(
      named: "gnuplot",
      """
      [ "$1" = \(argument) ] || { echo "<?xml?></svg>"; exit; }
      touch started
      for i in $(seq 80); do sleep 0.05; done
      touch ended
      """)
    let started = bench.root.appending(path: "started")
    let signals = StopSignals(
      watch: {}, release: {}, received: { started.isPresent ? SIGTERM : nil })
    let gnuplot = Gnuplot(
      executable: program, root: bench.root,
      workingFolder: bench.root.appending(path: "drawing"), console: bench.environment.console,
      signals: signals)
    let figure = Figure(script: "dots", picture: "dots.svg", data: [], variables: [:])
    let interruption = #expect(throws: Interruption.self) {
      _ = try gnuplot.picture(of: figure, previous: nil) { _ in nil }
    }
    #expect(
      interruption?.description
        == "interrupted while gnuplot was running; run the same command again to resume")
    #expect(interruption?.signal == SIGTERM)
    #expect(bench.read("ended") == nil)
  }

  /// The real gnuplot, with a start-up file that changes the number format, and one that makes it exit.
  @Test(arguments: ["set grid; set decimalsign ','", "exit status 3"])
  func startUpFilesAndLocalesChangeNothing(startUp: String) async throws {
    let picture = try Self.realPicture(home: nil)
    try #require(picture.contains("0.5"))
    await #expect(processExitsWith: .exitCode(7)) {
      [startUp = startUp as String, picture = picture as String] in
      let home = try Workbench()
      try home.write(startUp, to: ".gnuplot")
      setenv("HOME", home.root.path, 1)
      setenv("LC_ALL", "de_DE.UTF-8", 1)
      setenv("GNUPLOT_LIB", home.root.path, 1)
      let isSame = try FigureTests.realPicture(home: home) == picture
      removeTree(at: home.root)  // exit deinitialises nothing.
      exit(isSame ? 7 : 1)
    }
  }

  private static func realPicture(home: Workbench?) throws -> String {
    let bench = try Workbench()
    bench.gnuplot = try #require(ExternalProgram("gnuplot")?.executable, "the tests need gnuplot")
    try bench.write(
      "set terminal svg; set output out; set xrange [0:1]; plot x", to: "figures/dots.gp")
    _ = bench.run { $0.draw("dots", into: "dots.svg", data: []) }
    return bench.read("figures/dots.svg") ?? ""
  }

  @Test func everyTruncatedPictureIsDetected() throws {
    let bench = try Workbench()
    bench.gnuplot = try #require(ExternalProgram("gnuplot")?.executable, "the tests need gnuplot")
    try bench.write(
      "set terminal pngcairo size 60,40; set output out; plot x", to: "figures/dots.gp")
    #expect(bench.run { $0.draw("dots", into: "a.png", data: []) } == 0, "\(bench.standardError)")
    let whole = try Data(contentsOf: bench.out.appending(path: "a.png"))
    for length in 0..<whole.count {
      #expect(defect(inPicture: whole.prefix(length), named: "a.png") != nil, "cut at \(length)")
      var changed = whole
      changed[length] ^= 0x10
      #expect(defect(inPicture: changed, named: "a.png") != nil, "changed at \(length)")
    }
    #expect(defect(inPicture: whole + [0], named: "a.png") != nil)
    #expect(defect(inPicture: whole, named: "a.png") == nil)
  }
}
