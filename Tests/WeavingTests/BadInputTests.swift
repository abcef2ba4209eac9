import Testing

import Weaving

/// Each error is one line with file and line number, what was found, and what was expected.
@Suite struct BadInputTests {
  private static let file = "chapters/1-one/main.swift"

  @Test(arguments: [
    (
      "{chapter1.acuracy %}",
      "found the metric acuracy of chapter1, expected one of accuracy.T1, kl"
    ),
    ("{chaptr1.kl .3}", "found {chaptr1.kl .3}, expected one of chapter1"),
    ("{chapter1.kl}", "found {chapter1.kl}, expected a format after the name"),
    ("{chapter1.kl\n// .3}", "found {chapter1.kl at the end of the line, expected the whole"),
    (
      "![A.](mop.svg \"dots\")",
      "found the figure mop.svg, expected a file that make chapter1 writes: map.svg"
    ),
    ("![A.](map.svg)", "found no alternative text of map.svg"),
    ("![A map.]", "found ![A map.], expected ![caption](picture.png \"alternative text\")"),
    ("[[Sources/B.swift: b]]", "found the file Sources/B.swift, expected an existing file"),
    ("[[Sources/A.swift: b]]", "found the definition b, expected a declaration in Sources/A.swift"),
    ("[[Sources/A.swift]]", "found [[Sources/A.swift]], expected [[file: name]]"),
    ("A paper [^2].", "found the reference [^2], expected an entry of article/references.md"),
    (
      "At 90.7 % it",
      "found 90.7 % typed by hand, the value of a metric, expected {chapter1.accuracy.T1 …}"
    ),
    ("```\n// let x", "found a code block that is not closed"),
    ("$$ x^2", "found a formula that is not closed"),
  ])
  func inProse(prose: String, complaint: String) throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// Words.\n//\n// \(prose)\n")
    try article.write("func a() {}\n", to: "Sources/A.swift")
    try article.writeRecord(in: "results")
    #expect(article.complaint().hasPrefix("\(Self.file):5: \(complaint)"))
    #expect(!article.complaint().contains("\n"))
  }

  @Test func inTheIntroduction() throws {
    let article = try SmallArticle()
    try article.write("# A\n\nb\n[^3]\n", to: "article/introduction.md")
    #expect(article.complaint().hasPrefix("article/introduction.md:4: found the reference [^3]"))
  }

  @Test func inSteps() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n\nfunc a() {\n  // **1.** Take {chapter1.b %}.\n}\n")
    try article.writeRecord()
    #expect(article.complaint().hasPrefix("\(Self.file):4: found the metric b"))
  }

  @Test func missingParts() throws {
    let article = try SmallArticle()
    try article.write("// # Chapter 3\n", to: "chapters/3-three/main.swift")
    #expect(
      article.complaint()
        == "chapters: found no chapter 2, expected a folder 2-NAME before 3-three")
    try article.write("", to: "chapters/2-two/notes.txt")
    #expect(
      article.complaint()
        == "chapters/2-two/main.swift: found no such file, expected a part of the article")
    try article.write("import X\n", to: "chapters/2-two/main.swift")
    #expect(article.complaint().hasPrefix("chapters/2-two/main.swift:1: found no title"))
  }

  @Test func twoFoldersOfOneProgram() throws {
    let article = try SmallArticle()
    try article.write("// # A\n", to: "chapters/own-images/main.swift")
    try article.write("// # B\n", to: "chapters/own-copy/main.swift")
    let expected =
      "chapters: found the folders own-copy and own-images, expected one for the program own"
    #expect(article.complaint() == expected)
    // Another folder whose name lies between them.
    try article.write("// # C\n", to: "chapters/own-i/main.swift")
    try article.write("// # C\n", to: "chapters/own-copy 2-x/main.swift")
    #expect(
      article.complaint()
        == "chapters: found the folders own-copy and own-copy 2-x, expected one for the program own"
    )
  }

  @Test func brokenRecord() throws {
    let article = try SmallArticle()
    try article.write("{}", to: "results/chapter1.json")
    #expect(
      article.complaint().hasSuffix(
        "results/chapter1.json: found a file without the checksum in its second line, "
          + "expected the record of a run; move it away if it is another file, or run make chapter1"
      ))
  }

  @Test func aChangedPicture() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// ![A map.](map.svg \"dots\")\n")
    try article.writeRecord()
    #expect(article.complaint() == "")
    try article.write("<svg", to: "figures/map.svg")
    #expect(article.complaint().contains("map.svg: found a file that was changed or damaged since"))
  }

  /// A number of the user's own run may coincide with a number in the article; that is not an error.
  @Test func aTypedNumberFromOutIsOnlyANote() throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// At 90.7 % it\n")
    try article.writeRecord()
    #expect(try article.woven().notes.count == 1)
    #expect(try article.woven().notes[0].hasPrefix("\(Self.file):3: found 90.7 % typed"))
    try article.writeRecord(preset: "smoke")
    #expect(try article.woven().notes.isEmpty)
  }

  @Test func numbersOfOtherAuthorsAreNotReported() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// It has [90.7 %]{.article}; `90.7 %`, $90.7 %$.\n")
    try article.writeRecord(in: "results")
    #expect(article.complaint() == "")
  }
}
