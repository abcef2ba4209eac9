// Verifies the convolution kernels and measures how fast everything is: `make bench`.
//
// Each kernel is held against a slow and obvious convolution in Double first. Then all benchmarks
// take their samples in rounds, one after the other, so that a disturbance of the machine hits one
// sample of several benchmarks and not all samples of one.

import ChapterKit
import Engine
import Foundation

let benchmarks =
  [matrixProductPeak] + ConvolutionCase.ofWRN28x2.map(\.benchmark)
  + [
    WideResNetTraining.benchmark(batch: 64), WideResNetTraining.benchmark(batch: 192),
    inferenceBenchmark(batch: 256), augmentationBenchmark, steadyStateMemory,
    MixMatchIteration.benchmark,
    SharpeningTraining.benchmark,
  ] + embeddingBenchmarks

let only = CommandLineOption(
  "only", .names(benchmarks.map(\.name)),
  "what to measure, by name or the beginning of it (default all but tsne70k)")
let rounds = CommandLineOption(
  "rounds", .wholeNumber(in: 1...1000), default: 5, "how many samples each benchmark takes")
let threads = CommandLineOption(
  "threads", .wholeNumber(in: 1...1024), "how many threads work (default all cores)")
let data = CommandLineOption(
  "data", .existingDirectory, "where the data lie (default data, filled by make data)")
let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"), "where the results go")
let json = CommandLineOption(
  flag: "json", "print the record on standard output instead, and write no file")

let program = Program(
  "bench",
  summary: """
    Verifies the convolution kernels, and measures kernels, training, inference and t-SNE.

    benchmarks:
    \(benchmarks.map { "  " + $0.name }.joined(separator: "\n"))
    """,
  options: [only, rounds, threads, data, out, json])

@MainActor
func run(_ invocation: Invocation) throws {
  let start = ContinuousClock.now
  let date = Date().formatted(.iso8601)
  let chosen = benchmarks.filter { benchmark in
    invocation[only]?.contains { benchmark.name.hasPrefix($0) } ?? benchmark.isStandard
  }
  let names = Set(chosen.map(\.name))
  let output = OutputDirectory(invocation[out])
  if !invocation[json] { try output.prepare(subdirectories: ["data"]) }
  let context = Context(data: invocation[data] ?? URL(filePath: "data"), note: invocation.note)
  var results = Results()
  try results.verify(ConvolutionCase.ofWRN28x2.filter { names.contains($0.name) })
  try results.measure(chosen, rounds: invocation[rounds], context, note: invocation.note)

  let sources = SourceState.ofCheckout(at: .currentDirectory())
  let record = BenchRecord(
    commit: sources.commit, dirty: sources.dirty, date: date, threads: Parallel.threads,
    blasCore: BLAS.coreName, dataset: context.dataset, peakMemoryBytes: MemoryUse.soFar.peak,
    wallSeconds: (ContinuousClock.now - start) / .seconds(1), metrics: results.metrics,
    kernelErrors: results.kernelErrors)
  if invocation[json] {
    invocation.print(String(decoding: try JSON.encode(record), as: UTF8.self))
  } else {
    invocation.print(results.tables)
    invocation.print(record.summary)
    let isComplete = benchmarks.allSatisfy { !$0.isStandard || names.contains($0.name) }
    try results.write(record, drawing: isComplete, to: output)
  }
}

extension OptionArgument where Value == [String] {
  /// One or more of the given names, or beginnings of them, with commas between them.
  fileprivate static func names(_ names: [String]) -> Self {
    OptionArgument(
      "NAME[,NAME…]", expecting: "names or their beginnings out of \(names.joined(separator: ", "))"
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
      try run(invocation)
    }
  })
