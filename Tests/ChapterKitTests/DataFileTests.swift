import ChapterKit
import Foundation
import Testing

@Suite struct DataFileTests {
  @Test func aDataFileHasItsOriginColumnNamesAndExactNumbers() {
    let file = DataFile(
      name: "chapter3-dots",
      columns: [
        DataColumn("x", [Float(0.1), 1 / 3, .nan]), DataColumn("y", [Double(0.1), 1 / 3, 1e-300]),
        DataColumn("class", [UInt8(7), 0, 9]), DataColumn("name", ["seven", "", "not a cat"]),
      ])
    #expect(
      file.text(comment: "origin") == """
        # origin
        x\ty\tclass\tname
        0.1\t0.1\t7\t"seven"
        0.33333334\t0.3333333333333333\t0\t""
        NaN\t1e-300\t9\t"not a cat"

        """)
  }

  @Test func textsStayInTheirCells() {
    let file = DataFile(name: "a", columns: [DataColumn("file", ["a\tb\nc \"d\""])])
    #expect(file.text(comment: "origin") == "# origin\nfile\n\"a\\tb\\nc 'd'\"\n")
  }

  @Test func theOriginNamesGeneratorCommitSeedPresetAndData() throws {
    let bench = try Workbench()
    let status = bench.run("--seed", "7") { run in
      run.write(DataFile(name: "chapter3-x", columns: [DataColumn("x", [1, 2])]))
    }
    #expect(status == 0, "\(bench.standardError)")
    #expect(
      bench.read("figures/data/chapter3-x.tsv") == """
        # generator: chapter3; commit 1a2b3c4; seed 7; preset article; data: none
        x
        1
        2

        """)
    #expect(try bench.record()?.files.map(\.path) == ["data/chapter3-x.tsv"])
  }

  @Test func anUnchangedFileIsNotWrittenAgain() throws {
    let bench = try Workbench()
    func inode() throws -> Int? {
      let path = bench.out.appending(path: "data/chapter3-x.tsv").path
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      return attributes[.systemFileNumber] as? Int
    }
    func write(_ value: Int) {
      _ = bench.run { run in
        run.write(DataFile(name: "chapter3-x", columns: [DataColumn("x", [value])]))
      }
    }
    write(1)
    let first = try #require(try inode())
    write(1)
    #expect(try inode() == first)
    write(2)
    #expect(try inode() != first)
  }
}
