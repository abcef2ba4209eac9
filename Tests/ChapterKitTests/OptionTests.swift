import ChapterKit
import Foundation
import Testing

@Suite struct OptionTests {
  /// A program may take words besides its options; other programs reject them.
  @Test func takesWordsBesidesOptions() throws {
    let top = CommandLineOption("top", .wholeNumber(in: 1...9), default: 1, "")
    let values = try OptionParser([top], acceptsWords: true).parse(
      ["weights", "--top", "3", "-", "--", "--top"])
    #expect(values.words == ["weights", "-", "--top"] && values[top] == 3)
    #expect(throws: UsageError.self) {
      try OptionParser([top], acceptsWords: true).parse(["-x"])
    }
    #expect(throws: UsageError.self) { try OptionParser([top]).parse(["weights"]) }
    #expect(throws: UsageError.self) {
      try OptionParser([top], acceptsWords: true).parse(["weights", ""])
    }
  }

  /// An invalid command line gives exit status 2 and one line with the option, what was found and what was
  /// expected; nothing is written.
  @Test(arguments: [
    (["--preset", "huge"], "--preset: found \"huge\", expected smoke, short, article"),
    (["--preset", "overnight"], "--preset: found \"overnight\", expected smoke, short, article"),
    (["--preset="], "--preset: found \"\", expected smoke, short, article"),
    (["--seed", "-1"], "--seed: found \"-1\", expected a whole number from 0 to 1000000000"),
    (["--seed", "one"], "--seed: found \"one\", expected a whole number from 0 to 1000000000"),
    (["--seed"], "--seed: found nothing, expected a whole number from 0 to 1000000000"),
    (["--seeds", "0"], "--seeds: found \"0\", expected a whole number from 1 to 1000"),
    (["--seeds", "-3"], "--seeds: found \"-3\", expected a whole number from 1 to 1000"),
    (
      ["--seeds=99999999999999999999"],
      "--seeds: found \"99999999999999999999\", expected a whole number from 1 to 1000"
    ),
    (["--threads", "0"], "--threads: found \"0\", expected a whole number from 1 to 1024"),
    (["--threads", "2.5"], "--threads: found \"2.5\", expected a whole number from 1 to 1024"),
    (["--data", "/no/such"], "--data: found \"/no/such\", expected an existing directory"),
    (["--out", ""], "--out: found \"\", expected the path of a directory"),
    (["--temperature", "0"], expectedTemperatures("0")),
    (["--temperature", "nan"], expectedTemperatures("nan")),
    (["--temperature", "inf"], expectedTemperatures("inf")),
    (["--temperature", "1,-0.5"], expectedTemperatures("1,-0.5")),
    (["--temperature", "1,"], expectedTemperatures("1,")),
    (["--temperature", "1,0.5,1.0"], expectedTemperatures("1,0.5,1.0")),
    (["--rate", "1.5"], "--rate: found \"1.5\", expected a number from 0 to 1"),
    (["--balanced=yes"], "--balanced: found \"yes\", expected no value, 1 or 0"),
    (["--speed", "1"], "--speed: found an unknown option, expected one of \(known)"),
    (["-s"], "-s: found an unknown option, expected one of \(known)"),
    (
      ["--seeds", "3", "now"],
      "found \"now\", expected an option, one of \(known)"
    ),
  ])
  func wrongCommandLines(arguments: [String], complaint: String) throws {
    let bench = try Workbench()
    let status = Workbench.chapter.run(arguments: arguments, in: bench.environment) { _ in
      Issue.record("The body must not run.")
    }
    #expect(status == 2)
    #expect(bench.standardError == "chapter3: \(complaint)\n")
    #expect(bench.standardOutput.isEmpty)
    #expect(bench.names(in: "figures") == ["dots.gp", "style.gp"])
  }

  private static func expectedTemperatures(_ found: String) -> String {
    "--temperature: found \"\(found)\", expected distinct numbers above 0, separated by commas"
  }

  private static let known =
    "--preset, --seed, --seeds, --data, --synthetic, --out, --threads, --save-every, --temperature, --rate, "
    + "--balanced, --help"

  @Test func valuesAndDefaults() throws {
    let bench = try Workbench()
    let statuses = [
      bench.run { run in
        #expect(run.preset == .article, "short is an alias of article in this chapter")
        #expect(run.seeds == [0])
        #expect(run[Workbench.temperatures] == [1, 0.5])
        #expect(run[Workbench.rate] == nil)
        #expect(!run[Workbench.balanced])
      },
      bench.run(
        "--seed", "5", "--seeds=3", "--temperature", "0.1,2e0", "--rate=0.25", "--balanced",
        "--threads", "3"
      ) { run in
        #expect(run.seeds == [5, 6, 7])
        #expect(run[Workbench.temperatures] == [0.1, 2])
        #expect(run[Workbench.rate] == 0.25)
        #expect(run[Workbench.balanced])
        #expect(run.threads == 3)
      },
      bench.run("--seed", "1", "--seed", "2") { run in #expect(run.seeds == [2]) },
    ]
    #expect(statuses == [0, 0, 0], "\(bench.standardError)")
  }

  @Test func aPresetIsListedByTheChaptersThatOfferIt() throws {
    let bench = try Workbench()
    let chapter = Chapter(
      4, "MixMatch", summary: "trains.",
      presets: [.scale(.short, costs: "45 minutes"), .scale(.overnight, costs: "eight hours")])
    let status = chapter.run(arguments: ["--preset", "overnight"], in: bench.environment) { run in
      #expect(run.preset == .overnight)
    }
    #expect(status == 0, "\(bench.standardError)")
    _ = chapter.run(arguments: ["--help"], in: bench.environment) { _ in }
    #expect(bench.standardOutput.contains("  overnight eight hours\n"))
    #expect(bench.standardOutput.contains("--preset short|overnight "))
  }

  @Test func helpNamesEveryOptionAndCost() throws {
    let bench = try Workbench()
    #expect(bench.run("--help") { _ in Issue.record("The body must not run.") } == 0)
    let parts = [
      "usage: chapter3 [options]", "Chapter 3, Sharpening: sharpens.", "  smoke     a minute",
      "  short     the same as article", "--preset smoke|short|article",
      "the scale (default short)",
      "--temperature X[,X…]", "temperatures (default 1.0,0.5)", "--balanced  ", "--help  ",
    ]
    for part in parts { #expect(bench.standardOutput.contains(part), "\(part)") }
    #expect(bench.standardError.isEmpty)
  }
}
