// Verifies the convolution kernels and runs the benchmarks: `make bench`.
//
// First, each kernel is compared with a simple convolution in Double. Then the benchmarks take their
// samples in rounds, one sample of each per round, so that a disturbance of the machine affects one sample
// of several benchmarks rather than all samples of one.

import ChapterKit
import Engine
import Files
import Foundation

let benchmarks =
  [matrixProductPeak] + ConvolutionCase.ofWRN28x2.map(\.benchmark)
  + [
    WideResNetTraining.benchmark(batch: 64), WideResNetTraining.benchmark(batch: 192),
    inferenceBenchmark(batch: 256), augmentationBenchmark, steadyStateMemory,
    MixMatchIteration.benchmark,
    SharpeningTraining.benchmark, ProcessesBenchmark.benchmark,
  ] + embeddingBenchmarks

let only = CommandLineOption(
  "only", .names(benchmarks.map(\.name)),
  "names of the benchmarks, or their beginnings (default all but tsne70k and ranks); results of a part of them go to "
    + "bench-partial.json")
let rounds = CommandLineOption(
  "rounds", .wholeNumber(in: 1...1000), default: 5, "number of samples of each benchmark")
let threads = CommandLineOption(
  "threads", .wholeNumber(in: 1...1024), "number of threads (default all cores)")
let data = CommandLineOption(
  "data", .existingDirectory, "directory of the data sets (default data; make data fills it)")
let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"), "directory of the results")
let json = CommandLineOption(
  flag: "json", "print the record to standard output, and write no file")
let steps = CommandLineOption(
  flag: "steps", "take training steps for the benchmark ranks, and print their time")

let program = Program(
  "bench",
  summary: """
    Verifies the convolution kernels; times kernels, training, inference and t-SNE.

    benchmarks:
    \(benchmarks.map { "  " + $0.name }.joined(separator: "\n"))
    """,
  options: [only, rounds, threads, data, out, json, steps])

@MainActor
func run(_ invocation: Invocation) throws {
  let start = ContinuousClock.now
  let date = Date().formatted(.iso8601)
  let chosen = benchmarks.filter { benchmark in
    invocation[only]?.contains { benchmark.name.hasPrefix($0) } ?? benchmark.isStandard
  }
  let names = Set(chosen.map(\.name))
  let output = OutputDirectory(invocation[out])
  let created = try invocation[json] ? [] : output.prepare(subdirectories: ["data"])
  defer { removeFoldersIfEmpty(created) }
  let context = Context(data: invocation[data] ?? URL(filePath: "data"), note: invocation.note)
  var results = Results()
  try results.verify(ConvolutionCase.ofWRN28x2.filter { names.contains($0.name) })
  try results.measure(chosen, rounds: invocation[rounds], context, note: invocation.note)

  let sources = SourceState.ofCheckout(at: .currentDirectory())
  let record = BenchRecord(
    commit: sources.commit, dirty: sources.dirty, date: date, threads: Parallel.threads,
    blasCore: OpenBLAS.coreName, dataset: context.dataset, peakMemoryBytes: MemoryUse.soFar.peak,
    wallSeconds: (ContinuousClock.now - start) / .seconds(1), metrics: results.metrics,
    kernelErrors: results.kernelErrors)
  if invocation[json] {
    invocation.print(String(decoding: try JSON.encode(record), as: UTF8.self))
  } else {
    invocation.print(results.tables)
    invocation.print(record.summary)
    let isComplete = benchmarks.allSatisfy { !$0.isStandard || names.contains($0.name) }
    let file = try results.write(record, isComplete: isComplete, to: output)
    invocation.note("bench: the record is \(file.shortPath)")
  }
}

extension OptionArgument where Value == [String] {
  /// One or more of `names`, or prefixes of them, separated by commas.
  fileprivate static func names(_ names: [String]) -> Self {
    OptionArgument(
      "NAME[,NAME…]",
      expecting:
        "names or their beginnings, separated by commas, of \(names.joined(separator: ", "))"
    ) { text in
      let beginnings = text.split(separator: ",", omittingEmptySubsequences: false)
      let isKnown = beginnings.allSatisfy { beginning in
        !beginning.isEmpty && names.contains { $0.hasPrefix(beginning) }
      }
      return isKnown ? beginnings.map(String.init) : nil
    }
  }
}

exit(
  program.run { invocation in
    try Parallel.$threads.withValue(invocation[threads] ?? Parallel.threads) {
      try invocation[steps] ? ProcessesBenchmark.takeSteps(invocation) : run(invocation)
    }
  })
