import Datasets
import Embedding

/// t-SNE of the test digits, and of all digits.
let embeddingBenchmarks = [
  embeddingBenchmark(name: "tsne10k", title: "t-SNE, 10,000 digits") { $0.test.pixels },
  embeddingBenchmark(name: "tsne70k", title: "t-SNE, 70,000 digits", isStandard: false) {
    $0.train.pixels + $0.test.pixels
  },
]

/// The time and final divergence of t-SNE with its default settings, from 50 principal components; the
/// time does not include PCA.
private func embeddingBenchmark(
  name: String, title: String, isStandard: Bool = true,
  pixels: @escaping @Sendable (ImageDataset) -> [UInt8]
) -> Benchmark {
  Benchmark(
    name: name,
    quantities: [
      Quantity(metric: "\(name)Seconds", title: title, unit: "s", decimals: 2),
      Quantity(metric: "\(name)KL", title: "\(title), KL divergence", unit: "KL", decimals: 4),
    ],
    isStandard: isStandard
  ) { context in
    let digits = try context.digits()
    let length = digits.test.height * digits.test.width
    let values = pixels(digits).map { Float($0) / 255 }
    let rows = Matrix(rows: values.count / length, columns: length, values: values)
    let components = try PCA(fitting: rows, components: 50).transform(rows)
    return {
      var divergence = 0.0
      let seconds = try secondsPerCall(filling: 0) {
        divergence = try TSNE().embed(components).klDivergence
      }
      return [seconds, divergence]
    }
  }
}
