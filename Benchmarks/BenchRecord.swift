import ChapterKit
import Engine
import Foundation

/// The record of a benchmark run, OUT/bench.json: measurements, machine and commit.
struct BenchRecord: Encodable {
  /// The commit of the sources, or "unknown".
  let commit: String
  /// Whether the sources had uncommitted changes; nil if that is unknown.
  @NullWhenNil var dirty: Bool?
  /// The start of the run, in ISO 8601.
  let date: String
  let threads: Int
  /// The kernels that OpenBLAS chose for the processor.
  let blasCore: String
  /// The data set of the t-SNE benchmarks; nil if none was run.
  @NullWhenNil var dataset: DatasetIdentity?
  /// The peak memory of the process over all benchmarks.
  let peakMemoryBytes: Int
  let wallSeconds: Double
  let metrics: [String: Statistics]
  /// The errors of the kernels by convolution and algorithm.
  let kernelErrors: [String: [String: ConvolutionErrors]]

  /// The origin of the picture in one line.
  var stamp: String {
    let facts = [
      "make bench", "commit \(commit.prefix(7))\(dirty == true ? " dirty" : "")", dataset?.name,
      "\(threads) \(threads == 1 ? "thread" : "threads") \(blasCore)", date,
    ]
    return facts.compactMap { $0 }.joined(separator: " · ")
  }

  /// A one-line summary of the run.
  var summary: String {
    String(
      format: "%.0f s; peak memory of the whole run %.0f MB; %@", wallSeconds,
      Double(peakMemoryBytes) * 1e-6, stamp)
  }
}
