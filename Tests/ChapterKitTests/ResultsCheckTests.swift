import ChapterKit
import Foundation
import Testing

@Suite struct ResultsCheckTests {
  /// A gnuplot whose pictures consist of the script and the data, in any directory.
  private let drawing = """
    data=$(printf '%b' "$(printf '%s' "$3" | sed -E 's/.*data="([^"]*)"; out=.*/\\1/')")
    cat "$4" "$data/dots.tsv"
    """

  /// A workbench with the results of a run: a data file and a picture.
  private func recorded(_ kind: FileRecord.Kind = .data) throws -> Workbench {
    let bench = try Workbench()
    bench.gnuplot = try bench.gnuplot(drawing)
    let status = bench.run { run in
      run.write(DataFile(name: "dots", columns: [DataColumn("x", [1, 2])], kind: kind))
      run.draw("dots", into: "dots.txt", data: ["dots"])
    }
    #expect(status == 0, "\(bench.standardError)")
    return bench
  }

  private func check(_ bench: Workbench) -> ResultsCheck {
    ResultsCheck(
      bench.out, scratch: bench.root.appending(path: "scratch"), root: bench.root,
      gnuplot: bench.gnuplot, console: bench.environment.console)
  }

  private func complaints(_ bench: Workbench) throws -> [String] {
    try check(bench).run().complaints
  }

  @Test func unchangedResultsPass() throws {
    #expect(try complaints(recorded()) == [])
  }

  @Test func changedFilesAreNamed() throws {
    let bench = try recorded()
    try bench.write("plot 2", to: "figures/dots.gp")
    let redrawn = try complaints(bench)
    #expect(redrawn.count == 1 && redrawn[0].contains("dots.txt: found another picture"))

    try bench.write("changed", to: "figures/data/dots.tsv")
    #expect(try complaints(bench).contains { $0.contains("dots.tsv: found a file that differs") })
    try FileManager.default.removeItem(at: bench.out.appending(path: "dots.txt"))
    #expect(try complaints(bench).contains { $0.contains("dots.txt: found no such file") })
  }

  @Test func picturesOfAChangedScriptAreDrawnAgain() throws {
    let bench = try recorded()
    let before = try bench.record()
    try check(bench).redraw()
    #expect(try bench.record() == before)
    try bench.write("plot 2", to: "figures/dots.gp")
    try check(bench).redraw()
    #expect(try complaints(bench) == [])
    #expect(bench.read("figures/dots.txt")?.hasPrefix("plot 2") == true)
  }

  @Test func anotherVersionOfGnuplotMayDrawOtherBytes() throws {
    let bench = try recorded()
    #expect(try bench.record()?.files.last?.drawnBy == "gnuplot 5")
    bench.gnuplot = try bench.gnuplot("exit 1", version: "gnuplot 6")
    #expect(try complaints(bench) == [])
    try bench.write("plot 2", to: "figures/dots.gp")
    #expect(try complaints(bench).count == 1)
  }

  /// The program removes the folder with the copies of the data before it prints the error.
  @Test func anErrorOfGnuplotNamesNoTemporaryFolder() throws {
    let bench = try recorded()
    bench.gnuplot = try bench.gnuplot("exit 1")
    #expect { try complaints(bench) } throws: {
      oneLine($0).hasSuffix("expected dots.txt")
    }
  }

  @Test func pixelsNeedNotBeRecorded() throws {
    let bench = try recorded(.pixels)
    try FileManager.default.removeItem(at: bench.out.appending(path: "data/dots.tsv"))
    #expect(try complaints(bench) == [])
    try bench.write("another", to: "figures/dots.txt")
    #expect(try complaints(bench).count == 1)
  }

  @Test func aFolderWithoutRecordsIsNamed() throws {
    let bench = try Workbench()
    #expect { try complaints(bench) } throws: { oneLine($0).contains("found no record of a run") }
  }

  @Test func onlyRecordsWithoutAChecksumGetOne() throws {
    let bench = try recorded()
    let sealed = try #require(bench.read("figures/chapter3.json"))
    let line = try #require(sealed.split(separator: "\n").dropFirst().first)
    try bench.write(sealed.replacing("\(line)\n", with: ""), to: "figures/chapter3.json")
    #expect { try complaints(bench) } throws: {
      oneLine($0).contains("chapter3.json: found a file without the checksum")
    }
    #expect(try check(bench).seal() == ["chapter3.json"])
    #expect(bench.read("figures/chapter3.json") == sealed)
    #expect(try complaints(bench) == [])

    // Where one file is not a record, none is changed.
    let unsealed = sealed.replacing("\(line)\n", with: "")
    try bench.write(unsealed, to: "figures/chapter3.json")
    try bench.write("{\n \"a\": 1\n}\n", to: "figures/package.json")
    #expect { try check(bench).seal() } throws: {
      oneLine($0).contains("package.json: found other content, expected a record")
    }
    #expect(bench.read("figures/chapter3.json") == unsealed)
    try FileManager.default.removeItem(at: bench.root.appending(path: "figures/package.json"))

    // What would be rejected with a checksum too gets none, in whatever order the files are.
    try bench.write(
      unsealed.replacing("\"seeds\" : [", with: "\"seeds\" : [ 7, "), to: "figures/own.json")
    #expect { try check(bench).seal() } throws: {
      oneLine($0).contains("own.json: found the seeds [7, 0], expected a record")
    }
    #expect(bench.read("figures/chapter3.json") == unsealed)
    try bench.write(unsealed, to: "figures/own.json")
    #expect { try check(bench).seal() } throws: {
      oneLine($0).contains("own.json: found the record of chapter3.json, expected a record")
    }
    #expect(bench.read("figures/chapter3.json") == unsealed)
    try FileManager.default.removeItem(at: bench.root.appending(path: "figures/own.json"))

    let changed = sealed.replacing("article", with: "overnight")
    try bench.write(changed, to: "figures/chapter3.json")
    #expect(try check(bench).seal() == [])
    #expect { try complaints(bench) } throws: {
      oneLine($0).contains("chapter3.json: found a file that was changed or damaged")
    }
  }
}
