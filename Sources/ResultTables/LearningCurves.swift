import ChapterKit
import Experiments

extension TrainingSummary {
  /// The learning curves of several runs as a data file for figures/learning-curves.gp.
  public static func curves(_ file: String, of runs: [(name: String, result: TrainingSummary)])
    -> DataFile
  {
    let points = runs.flatMap { name, result in
      let last = result.curve.points.count - 1
      return result.curve.points.enumerated().map { index, point in
        (
          name: name, epoch: Double(point.step) / result.stepsPerEpoch, point: point,
          // The last step's test accuracy is known even where test images are not evaluated before.
          test: index == last ? result.testAccuracy : point.testAccuracy ?? .nan
        )
      }
    }
    return DataFile(
      name: file,
      columns: [
        DataColumn("run", points.map(\.name)),
        DataColumn("epoch", points.map(\.epoch)),
        DataColumn("validation", points.map { $0.point.validationAccuracy ?? .nan }),
        DataColumn("test", points.map(\.test)),
        DataColumn("labelledLoss", points.map(\.point.labelledLoss)),
        DataColumn("unlabelledLoss", points.map(\.point.unlabelledLoss)),
      ])
  }
}
