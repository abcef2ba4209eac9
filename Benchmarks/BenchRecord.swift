import ChapterKit
import Engine
import Foundation

/// What was measured and on what: the content of OUT/bench.json.
struct BenchRecord: Encodable {
  /// The commit of the sources, or "unknown".
  let commit: String
  /// Whether they were changed since that commit; nil where that is unknown.
  @NullWhenNil var dirty: Bool?
  /// When the run began, in ISO 8601.
  let date: String
  let threads: Int
  /// OpenBLAS's kernels.
  let blasCore: String
  /// The digits that t-SNE was measured on, if it was.
  @NullWhenNil var dataset: DatasetIdentity?
  /// The most memory that the process had in use, for all that it measured together.
  let peakMemoryBytes: Int
  let wallSeconds: Double
  let metrics: [String: Statistics]
  /// By convolution, then by algorithm.
  let kernelErrors: [String: [String: ConvolutionErrors]]

  /// One line that says where a picture comes from.
  var stamp: String {
    let facts = [
      "make bench", "commit \(commit.prefix(7))\(dirty == true ? " dirty" : "")", dataset?.name,
      "\(threads) \(threads == 1 ? "thread" : "threads") \(blasCore)", date,
    ]
    return facts.compactMap { $0 }.joined(separator: " · ")
  }

  /// One line on the run as a whole.
  var summary: String {
    String(
      format: "%.0f s; peak memory of the whole run %.0f MB; %@", wallSeconds,
      Double(peakMemoryBytes) * 1e-6, stamp)
  }
}
