import ChapterKit
import Engine
import Files
import Foundation

/// The results of a run of the benchmarks.
struct Results {
  /// The errors of each convolution and each algorithm that supports it, in the order of the table.
  private var verified: [(kernel: ConvolutionCase, algorithm: String, errors: ConvolutionErrors)] =
    []
  /// The measured quantities in the order of the table.
  private var measured: [(quantity: Quantity, statistics: Statistics)] = []

  /// Compares kernels with the reference.
  ///
  /// - Throws: A failure that names the convolution whose error is too large.
  mutating func verify(_ kernels: [ConvolutionCase]) throws {
    verified = try kernels.flatMap { kernel in
      try bench.verify(kernel).map { (kernel, $0.algorithm.rawValue, $0.errors) }
    }
  }

  /// Takes the samples of all benchmarks, one of each per round.
  mutating func measure(
    _ benchmarks: [Benchmark], rounds: Int, _ context: Context, note: (String) -> Void
  ) throws {
    let sampled = try benchmarks.map { ($0.quantities, sample: try $0.prepare(context)) }
    var samples: [[[Double]]] = []
    for round in 1...rounds {
      note("round \(round) of \(rounds)")
      samples.append(try sampled.map { try $0.sample() })
    }
    measured = sampled.indices.flatMap { benchmark in
      sampled[benchmark].0.enumerated().map { place, quantity in
        (quantity, Statistics(of: samples.map { $0[benchmark][place] }))
      }
    }
  }

  var metrics: [String: Statistics] {
    Dictionary(uniqueKeysWithValues: measured.map { ($0.quantity.metric, $0.statistics) })
  }

  /// The errors of the kernels by convolution and algorithm.
  var kernelErrors: [String: [String: ConvolutionErrors]] {
    Dictionary(grouping: verified) { $0.kernel.name }.mapValues { errors in
      Dictionary(uniqueKeysWithValues: errors.map { ($0.algorithm, $0.errors) })
    }
  }
}

// MARK: - Tables

extension Results {
  /// The tables as text: errors of the kernels, if any were verified, and measurements.
  var tables: String {
    (verified.isEmpty ? "" : errorTable) + measurementTable
  }

  private var errorTable: String {
    let header = [
      ["error against a reference in Double", "", "output", "", "∂input", "", "∂filters", ""],
      ["(relative to the rms of the values)", ""]
        + Array(repeating: ["max", "rms"], count: 3).joined(),
    ]
    return alignedTable(
      header
        + verified.map { kernel, algorithm, errors in
          [kernel.title, algorithm]
            + errors.all.flatMap {
              [scientific($0.max), scientific($0.rms)]
            }
        }) + "\n\n"
  }

  /// A row for each quantity; the speed of kernels also relative to sgemm, if it was measured.
  private var measurementTable: String {
    let peak = metrics[matrixProductPeak.quantities[0].metric]?.median
    let rows = measured.map { quantity, statistics in
      let share = quantity.unit == "GFLOP/s" ? peak.map { statistics.median / $0 } : nil
      return [quantity.title]
        + [statistics.median, statistics.min, statistics.max].map(quantity.text)
        + [quantity.unit] + (share.map { [String(format: "%.0f %%", $0 * 100)] } ?? [])
    }
    return alignedTable(
      [["", "median", "min", "max", ""] + (peak == nil ? [] : ["of sgemm"])] + rows)
  }
}

extension Quantity {
  /// A formatted value of the quantity.
  fileprivate func text(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
}

// MARK: - Files

extension Results {
  /// Writes `record` and the data file, and then, so that measurements are kept without gnuplot, the picture.
  ///
  /// The picture needs all standard benchmarks. Without some of them there is none, and the files have other names, so
  /// that they never replace a record of all.
  ///
  /// - Returns: The file of the record.
  func write(
    _ record: BenchRecord, isComplete: Bool, to output: OutputDirectory
  ) throws -> URL {
    let file = dataFile(named: isComplete ? "bench" : "bench-partial")
    let name = "\(file.name).json"
    try output.write([
      (name, JSON.encode(record, pretty: true) + Data("\n".utf8)),
      (
        DataFile.path(file.name),
        Data(file.text(comment: "generator: \(record.stamp)").utf8)
      ),
    ])
    if isComplete { try draw(file, of: record, to: output) }
    return output.file(name)
  }

  /// Draws the picture of all standard benchmarks, whose data file is in `output`.
  private func draw(_ file: DataFile, of record: BenchRecord, to output: OutputDirectory) throws {
    let folder = output.file("cache/bench")
    let gnuplot = Gnuplot(
      executable: ExternalProgram("gnuplot")?.executable, root: .currentDirectory(),
      workingFolder: folder, console: .standard, keepsData: true)
    let figure = Figure(
      script: "bench", picture: "bench.svg", data: [file.name], variables: ["stamp": record.stamp])
    // If gnuplot fails, there is none: one of earlier measurements would be misleading.
    try output.remove(figure.picture)
    let (picture, _) = try gnuplot.picture(of: figure, previous: nil, reading: output.content)
    try output.write(picture.content, to: figure.picture)
    removeTree(at: folder)
  }

  private func dataFile(named name: String) -> DataFile {
    DataFile(
      name: name,
      columns: [
        DataColumn("metric", measured.map(\.quantity.metric)),
        DataColumn("title", measured.map(\.quantity.title)),
        DataColumn("unit", measured.map(\.quantity.unit)),
        DataColumn("median", measured.map(\.statistics.median)),
        DataColumn("min", measured.map(\.statistics.min)),
        DataColumn("max", measured.map(\.statistics.max)),
      ])
  }
}
