import Testing

/// Several steps of fastai's Adam and schedule and of PyTorch's SGD, batch norm and a network.
struct TrainingFixture: Decodable, Sendable {
  let schedules: [Schedule]
  let adam: OptimiserRun
  let sgd: OptimiserRun
  let runningMoments: RunningMomentsRun
  let network: NetworkRun

  struct Schedule: Decodable, Sendable, CustomTestStringConvertible {
    struct Value: Decodable, Sendable {
      let step: Int
      let learningRate: Double
      let momentum: Double
    }
    let steps: Int
    let peak: Float
    /// The step with the highest learning rate.
    let peakStep: Int
    /// Of some of the steps.
    let values: [Value]

    var testDescription: String { "\(steps) steps" }
  }

  struct OptimiserRun: Decodable, Sendable {
    struct Parameter: Decodable, Sendable {
      let name: String
      let shape: [Int]
      /// Gradients are drawn from ± this.
      let gradientSize: Float
    }
    struct Step: Decodable, Sendable {
      let learningRate: Float
      let momentum: Float
      /// The parameters after the step.
      let values: [String: [Double]]
    }
    let weightDecay: Float
    let parameters: [Parameter]
    let steps: [Step]
  }

  struct RunningMomentsRun: Decodable, Sendable {
    struct Step: Decodable, Sendable {
      /// The batch is drawn from here.
      let range: [Float]
      /// The running statistics after it.
      let mean: [Double]
      let variance: [Double]
    }
    let shape: [Int]
    let steps: [Step]
    /// The last batch in evaluation mode.
    let evaluation: Digest
  }

  struct NetworkRun: Decodable, Sendable {
    /// The beginning of the names of all streams.
    let draw: String
    struct Parameter: Decodable, Sendable {
      let name: String
      let shape: [Int]
      /// The first weights are drawn from here.
      let range: [Float]
    }
    let steps: Int
    let batch: Int
    /// Height and width of the images.
    let size: Int
    let classes: Int
    let peak: Float
    let weightDecay: Float
    let parameters: [Parameter]
    /// PyTorch's losses in single precision.
    let losses: [Double]
    /// PyTorch's losses in double precision, like all values below.
    let exactLosses: [Double]
    let finalParameters: [String: Digest]
    let runningMean: [Double]
    let runningVariance: [Double]
  }
}
