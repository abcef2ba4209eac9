import Engine

/// The article's network for MNIST: images (N, 28, 28, 3) to logits (N, 10).
///
/// Two convolutions halve the image each; batch normalisation, the mean over the remaining pixels and a
/// linear layer follow.
public func digitClassifier(random: inout RandomStream) -> Sequential {
  Sequential(
    Conv2d(
      inputChannels: 3, outputChannels: 64, kernelSize: 3, stride: 2, padding: 1,
      activation: .relu, random: &random),
    Conv2d(
      inputChannels: 64, outputChannels: 128, kernelSize: 3, stride: 2, padding: 1,
      activation: .relu, random: &random),
    BatchNorm(channels: 128),
    GlobalAveragePool(),
    Linear(inputs: 128, outputs: 10, random: &random))
}
