import Engine

/// Supervised learning from the labelled images alone, with cross-entropy.
public struct Supervised: SemiSupervisedMethod {
  /// The number of versions of each unlabelled image: 0, because the method uses none.
  public let versions = 0

  /// The method, which has no hyperparameters.
  public init() {}

  /// The cross-entropy Lₓ.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    Loss(
      labelled: crossEntropy(
        networks.model(batch.labelled.images, .training), batch.labelled.labels)
    )
  }
}
