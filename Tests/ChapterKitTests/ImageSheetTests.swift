import ChapterKit
import Testing

@Suite struct ImageSheetTests {
  /// Two pictures of 2×2 pixels on a sheet of 5×3; pixels between them stay white.
  @Test func picturesHaveTheirPositions() throws {
    var sheet = ImageSheet(width: 5, height: 3, tile: 2)
    sheet.place([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], x: 0, y: 0)
    sheet.place([20, 0, 0, 21, 0, 0, 22, 0, 0, 23, 0, 0], x: 3, y: 1)
    sheet.write("not a cat", "class", x: 3, y: 0)

    let bench = try Workbench()
    // The smallest PNG, of one pixel.
    bench.gnuplot = try bench.gnuplot(
      """
      printf '%s\\n' "$*" >> gnuplot.log
      echo iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg== \\
        | base64 -d
      """)
    let status = bench.run { $0.draw("dots", sheet: sheet, variables: ["shown": "2"]) }
    #expect(status == 0, "\(bench.standardError)")
    let rows = try #require(bench.read("figures/data/chapter3-dots.tsv")).split(separator: "\n")
    #expect(rows[1] == "red\tgreen\tblue")
    let white = "255\t255\t255"
    #expect(
      rows.dropFirst(2).map { String($0) } == [
        "1\t2\t3", "4\t5\t6", white, white, white,
        "7\t8\t9", "10\t11\t12", white, "20\t0\t0", "21\t0\t0",
        white, white, white, "22\t0\t0", "23\t0\t0",
      ])
    let words = try #require(bench.read("figures/data/chapter3-dots-words.tsv"))
    #expect(
      words.split(separator: "\n").dropFirst() == [
        "x\ty\tkind\ttext", "0\t0\t\"picture\"\t\"\"", "3\t1\t\"picture\"\t\"\"",
        "3\t0\t\"class\"\t\"not a cat\"",
      ])
    let picture = try #require(bench.read("gnuplot.log"))
    for assignment in [
      #"sheet="chapter3-dots""#, #"sheetHeight="3""#, #"sheetWidth="5""#, #"tile="2""#,
    ] {
      #expect(picture.contains("\(assignment); "))
    }
    #expect(picture.contains(#"shown="2"; "#))
  }
}
