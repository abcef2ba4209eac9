import Engine
import MixMatch

/// A training on CIFAR-10, but for its method and its seed. The defaults are the article's.
public struct Experiment: Sendable, Encodable {
  /// What is trained.
  public var network = Network()
  /// How many training images keep their label.
  public var labels = 500
  /// Whether as many of each class do, as in the paper.
  public var isBalanced = false
  /// How many training images are held out to choose settings by. The article holds out none, and
  /// watches the test images.
  public var validation = 2000
  /// How the images are varied.
  public var augmentation = AugmentationName.fastai
  /// Images with labels in a batch.
  public var labelledBatch = 64
  /// Images without, each of which comes in several versions.
  public var unlabelledBatch = 128
  /// Iterations.
  public var steps = 200 * 386
  /// The highest learning rate of the cycle.
  public var peakLearningRate: Float = 2e-3
  /// See ``Engine/Adam``.
  public var weightDecay: Float = 0.02
  /// The decay of a moving average of the weights that is judged in their place; none when nil.
  public var emaDecay: Float?
  /// The sizes that images are trained at, one after the other.
  public var phases = [Phase(share: 1, size: 32)]
  /// How often the network is judged on the way.
  public var evaluationCount = 200
  /// Whether the test images are judged each time too, as the article does, and not only at the end.
  public var evaluatesTest = false

  /// The article's choices.
  public init() {}

  /// A stretch of a training in which images have one size: smaller ones teach faster at first.
  public struct Phase: Sendable, Codable {
    /// Its share of the iterations.
    public var share: Double
    /// Height and width of the images, a multiple of 4.
    public var size: Int

    /// A share from 0 to 1.
    public init(share: Double, size: Int) { (self.share, self.size) = (share, size) }
  }

  /// The size of the images of step `step`, counted from 0.
  package func imageSize(at step: Int) -> ImageSize {
    var end = 0.0
    let phase = phases.first { phase in
      end += phase.share * Double(steps)
      return Double(step) < end
    }
    let length = (phase ?? phases[phases.count - 1]).size
    return ImageSize(height: length, width: length)
  }

  /// The share of the work that `count` steps are: one costs as much as its images have pixels.
  package func shareOfWork(ofSteps count: Int) -> Double {
    var (done, all, start) = (0.0, 0.0, 0.0)
    for phase in phases {
      let (length, cost) = (phase.share * Double(steps), Double(phase.size * phase.size))
      done += cost * min(max(Double(count) - start, 0), length)
      all += cost * length
      start += length
    }
    return done / all
  }

  /// Whether the network is judged after step `step`: at even distances, the last time at the end.
  package func evaluates(after step: Int) -> Bool {
    (step + 1) * evaluationCount / steps > step * evaluationCount / steps
  }
}

/// A wide residual network by its numbers.
public struct Network: Sendable, Encodable {
  /// 6·n + 4.
  public var depth = 28
  /// k.
  public var widenFactor = 2
  /// 32 in the article's notebook; 16 gives the paper's network and the size that the article's text
  /// speaks of.
  public var startChannels = 32
  /// fastai's form or the paper's.
  public var variant = NetworkVariant.fastai

  /// The notebook's.
  public init() {}

  /// A network with weights drawn for `seed`.
  public func make(seed: Int) -> WideResNet {
    var random = RandomStream(seed: UInt64(seed), "initial weights")
    return WideResNet(
      depth: depth, widenFactor: widenFactor, startChannels: startChannels,
      variant: variant == .fastai ? .fastai : .paper, random: &random)
  }
}

/// Whose wide residual network it is.
public enum NetworkVariant: String, Sendable, Codable, CaseIterable {
  case fastai, paper
}
