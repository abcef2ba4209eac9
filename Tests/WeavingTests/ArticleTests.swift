import Foundation
import Testing

import Weaving

@Suite struct ArticleTests {
  @Test func chaptersAreInOrderAndAppendicesLast() throws {
    let article = try SmallArticle()
    for number in 2...10 {
      try article.write(
        "// # Chapter \(number): X\n\nlet x = 1\n", to: "chapters/\(number)-x/main.swift")
    }
    try article.write("// # Claims\n", to: "chapters/claims/main.swift")
    try article.write("// # Mixing further\n", to: "chapters/mixing-further/main.swift")
    let anchors = try article.woven().markdown.matches(of: /(?m)^# .*\{#(\w+)\}$/)
      .map { String($0.1) }
    #expect(
      anchors == ["introduction"] + (1...10).map { "chapter\($0)" }
        + ["conclusion", "claims", "mixing", "runs", "references"])
  }

  @Test func numbersComeFromRecords() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// {chapter1.accuracy.T1 %} and {chapter1.kl .2}.\n")
    try article.writeRecord()
    let text = try article.woven().markdown
    #expect(
      text.contains(
        "[90.7\u{A0}±\u{A0}0.4\u{A0}%\u{A0}(n\u{A0}=\u{A0}3)](#record-chapter1-accuracy-t1){.measured title="
      ))
    #expect(
      text.contains(
        "[1.71](#record-chapter1-kl){.measured title=\"kl · chapter 1 · preset article · seeds 0–2 · MNIST ba8"
      ))
  }

  @Test func figuresShowTheirOrigin() throws {
    let article = try SmallArticle(
      chapter: """
        // # Chapter 1: One
        //
        // ![A *map*
        // {chapter1.kl .1}.](map.svg "dots &
        // lines")
        """)
    try article.writeRecord()
    let woven = try article.woven()
    #expect(woven.missingCount == 0)
    #expect(woven.markdown.contains("<figure id=\"chapter1-map-svg\">"))
    #expect(
      woven.markdown.contains(
        "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"dots &amp; lines\" />"))
    #expect(woven.markdown.contains("**Figure 1.** A *map* [1.7](#record-chapter1-kl){.measured"))
    #expect(
      woven.markdown.contains(
        "::: {.origin}\n`make chapter1 PRESET=article SEEDS=3` · chapter 1 · preset article · seeds 0–2 · MNIST "
          + "ba891046 · commit 1a2b3c4 · 2 threads, OpenBLAS kernels SkylakeX · 231 s"))
  }

  @Test(arguments: [("article", "make chapter1"), ("smoke", "make chapter1 PRESET=smoke")])
  func aTableAboutRecordsIsMadeWithoutTheirSettings(preset: String, command: String) throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// ![A map.](map.svg \"dots\")\n")
    try article.writeRecord(preset: preset, seeds: [], sources: ["chapter 3: article, MNIST"])
    let text = try article.woven().markdown
    #expect(text.contains("`\(command)` · "))
    #expect(text.contains("chapter 1 · chapter 3: article, MNIST"))
  }

  @Test func recordedResultsReplaceMissingRuns() throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// {chapter1.kl .3}\n")
    try article.writeRecord(in: "results")
    #expect(try article.woven().markdown.contains("[1.712]"))
    #expect(
      try article.woven().markdown.contains(
        "[`results/chapter1.json`](../results/chapter1.json){.file}"))
    try article.writeRecord(accuracy: 0.5)
    #expect(try !article.woven().markdown.contains("results/chapter1.json"))
  }

  @Test func missingResultsAreMarked() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// {chapter1.kl .3}\n//\n// ![A map.](map.svg \"dots\")\n")
    let woven = try article.woven()
    #expect(woven.missingCount == 2)
    // Below the title, the figure, and the list of runs; the paragraph with the number has a notice of its own.
    #expect(woven.markdown.matches(of: /\[not run yet: `make chapter1`\]/).count == 3)
    #expect(
      woven.markdown.contains(
        "[This result is not recorded yet: `make chapter1`]{.missing}"
      ))
  }

  @Test func aParagraphOrItemWithAMissingNumberBecomesANotice() throws {
    let article = try SmallArticle(
      chapter: """
        // # Chapter 1: One
        //
        // Lost: it ends
        // at {chapter1.kl .3} of the rest.
        //
        // - Lost too, {chapter1.kl .3}.
        // - Kept as it
        //   is.
        //
        // | a             | b                |
        // | ------------- | ---------------- |
        // | kept in cells | {chapter1.kl .3} |
        """)
    let text = try article.woven().markdown
    #expect(!text.contains("Lost") && !text.contains("of the rest"))
    let notice = "This result is not recorded yet"
    #expect(text.matches(of: try Regex("(?m)^\\[\(notice)")).count == 1)
    #expect(text.contains("- [\(notice): `make chapter1`]{.missing}\n- Kept as it\n  is."))
    #expect(text.contains("| kept in cells | [not run yet: `make chapter1`]{.missing} |"))
  }

  @Test func aDepartureWithAMissingNumberIsListedAsANotice() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// Departure: it has {chapter1.kl .3} nats.\n")
    let text = try article.woven().markdown
    let notice = "[This result is not recorded yet: `make chapter1`]{.missing}"
    #expect(text.contains("**Departure:** \(notice)\n"))
    #expect(text.contains("# Departures {#departures}\n\n- \(notice) ("))
  }

  @Test func aNoticeNamesOnlyTheProgramsThatHaveNotBeenRun() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// From {chapter1.kl .3} to {chapter2.kl .3}.\n")
    try article.write("// # Chapter 2: Two\n", to: "chapters/2-two/main.swift")
    try article.writeRecord()
    #expect(try article.woven().markdown.contains("not recorded yet: `make chapter2`]"))
  }

  /// Pandoc would search for the second bracket in the following paragraphs.
  @Test func bracketsWithoutAPartnerAreEscaped() throws {
    let prose = "On (0, 1] and [0, 1), `a[` and $x[$, [the\n// text](#introduction) and \\[."
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// \(prose)\n")
    let woven = """
      On (0, 1\\] and \\[0, 1), `a[` and $x[$, [the
      text](#introduction) and \\[.
      """
    #expect(try article.woven().markdown.contains(woven))
  }

  /// A page of one chapter has the sources of all its numbers, and no links to other chapters.
  @Test func aPageOfOneChapterHasNoDeadLinks() throws {
    let article = try SmallArticle(
      chapter: """
        // # Chapter 1: One
        //
        // Here is {chapter1.kl .3}, as in [the second chapter](#chapter2).
        """)
    try article.write(
      "// # Chapter 2: Two\n//\n// There is {chapter1.kl .3}.\n", to: "chapters/2-two/main.swift")
    try article.writeRecord()
    let second = try article.woven(only: "chapter2").markdown
    #expect(second.contains("There is [1.712](#record-chapter1-kl){.measured"))
    #expect(second.contains("{#record-chapter1}"))
    let first = try article.woven(only: "chapter1").markdown
    #expect(first.contains("as in the second chapter."))
    #expect(!first.contains("#chapter2"))
    #expect(try article.woven().markdown.contains("[the second chapter](#chapter2)"))
  }

  @Test(arguments: [("smoke", false, "SMOKE RUN"), ("article", true, "MNIST")])
  func whatMeansNothingIsMarked(preset: String, synthetic: Bool, warning: String) throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// {chapter1.kl .3}\n//\n// ![A map.](map.svg \"dots\")\n")
    try article.writeRecord(preset: preset, synthetic: synthetic)
    let text = try article.woven().markdown
    #expect(text.contains("[\(warning): 1.712](#record-chapter1-kl){.measured .warning"))
    // Below the title, at the figure, at the table.
    #expect(text.matches(of: /\{.banner role="note"\}/).count == 3)
    #expect(text.contains("**\(warning)** · these numbers and pictures mean nothing"))
  }

  @Test func tablesOfARunAreAtTheEndUnlessShownBefore() throws {
    let article = try SmallArticle()
    try article.writeRecord()
    #expect(try article.woven().markdown.matches(of: /<td data-label="b">2<\/td>/).count == 1)
    try article.write(
      "// # Chapter 1: One\n//\n// ![](results.md)\n//\n// After it.\n",
      to: "chapters/1-one/main.swift")
    let text = try article.woven().markdown
    #expect(text.matches(of: /<td data-label="b">2<\/td>/).count == 1)
    #expect(text.contains(/<td data-label="b">2<\/td>[^\0]*After it/))
  }

  @Test func aColumnWithoutANameGivesNoAttribute() throws {
    let article = try SmallArticle()
    try article.writeRecord(column: "")
    let text = try article.woven().markdown
    #expect(text.contains("<th scope=\"row\">1</th><td>2</td>"))
  }

  @Test(arguments: [
    (#"\*star\*"#, #"\*star\*"#), ("back\\\\slash", "back\\\\slash"), (#"x\|y"#, #"x\|y"#),
    (#"[l\](chapter1.json#kl)"#, ##"\[l\](chapter1.json\#kl)"##),
    ("[Introduction]", #"\[Introduction]"#),
    (#"\<img src=x\>"#, #"\<img src=x\>"#), (#"\$(x)"#, #"\$(x)"#),
  ])
  func namesAreShownUnchanged(written: String, woven: String) throws {
    let article = try SmallArticle()
    try article.writeRecord(cell: written, title: written)
    let text = try article.woven().markdown
    #expect(text.contains("<td data-label=\"b\">\(woven)</td>"))
    #expect(text.contains("**\(woven).**"))
  }

  @Test func aCitedNumberBesideANameIsALink() throws {
    let article = try SmallArticle()
    try article.writeRecord(cell: #"\_a\_: [1.7 %](chapter1.json#kl) (n = 1)"#)
    #expect(
      try article.woven().markdown.contains(
        "\">\\_a\\_: [1.7\u{A0}%](#record-chapter1-kl){.measured title="))
  }

  @Test func theNameOfTheDataIsShownUnchanged() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// {chapter1.kl .3}\n//\n// ![A.](map.svg \"dots\")\n")
    try article.writeRecord(synthetic: true, data: #"*a* &amp; \"b\""#)
    let text = try article.woven().markdown
    #expect(text.contains(#"· *a* \&amp; \"b\" ba891046"#))
    #expect(text.contains(#"**\*A\* \&AMP; "B"** · these numbers"#))
    #expect(text.contains(#"· \*a\* \&amp; "b" ba891046"#))
    #expect(text.contains(#"- data set: \*a\* \&amp; "b", SHA-256"#))
  }

  @Test func departuresAreCollected() throws {
    let article = try SmallArticle(
      chapter: """
        // # Chapter 1: One
        //
        // Departure: two,
        // not one [^1].
        //
        // Departure: three.
        """)
    let text = try article.woven().markdown
    #expect(
      text.contains("::: {#departure-1 .departure}\n**Departure:** two,\nnot one"))
    #expect(text.contains("- Two, not one [\\[1\\]](#reference-1)"))
    #expect(text.contains("- Three. ([Chapter 1: One](#departure-2))"))
  }

  @Test func codeBelowAFoldedHeadingIsFolded() throws {
    let article = try SmallArticle(
      chapter: """
        // # Chapter 1: One

        let a = 1

        // ## Plumbing {.fold}
        //
        // ### Part

        let b = 2
        let c = 3

        // ## Again

        let d = 4
        """)
    let text = try article.woven().markdown
    #expect(text.contains("## Plumbing {#chapter1-plumbing}"))
    #expect(text.matches(of: /<details>/).count == 1)
    #expect(
      text.contains(
        "<summary>code: chapters/1-one/main.swift, lines 9–10</summary>\n\n~~~~ {.swift}\nlet b = 2\nlet c = 3\n"
      ))
  }

  @Test func definitionsAreShownUnchanged() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// [[Sources/A.swift: A.b]]\n")
    try article.write("struct A {\n  /// Does b.\n  func b() {\n  }\n}\n", to: "Sources/A.swift")
    #expect(
      try article.woven().markdown.contains(
        "`Sources/A.swift`\n\n~~~~ {.swift}\n/// Does b.\nfunc b() {\n}\n~~~~"))
  }
}
