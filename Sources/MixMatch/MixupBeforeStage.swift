import Engine

/// A stage of `model` whose input is mixed, drawn among the first `count` stages, or all if there are
/// fewer.
package func mixedStage(of model: any Layer, among count: Int, random: inout RandomStream) -> Int {
  require(count >= 1, "Mixup needs at least 1 stage to choose from; found \(count).")
  return random.integer(below: min(count, model.stageCount))
}

extension MixMatchStep.Mixed {
  /// The mixed examples as the input of a stage of `model`: mixed images before stage 0, mixed hidden
  /// states before the others.
  ///
  /// - Parameters:
  ///   - stage: The stage before which mixup happens.
  ///   - model: The network.
  ///   - groups: The examples that go through the network together.
  package func examples(before stage: Int, of model: any Layer, _ groups: [BatchNormGroups.Group])
    -> Examples
  {
    guard stage > 0 else { return Examples(concatenating: [X, U]) }
    let states = groups.map { group in
      let images = gathered(group.indices, of: unmixed.images)
      return model.run(0..<stage, on: HiddenState(images), group.mode).values
    }
    // Each example's place in the states, which come group by group.
    let order = groups.flatMap(\.indices)
    let places = order.indices.sorted { order[$0] < order[$1] }
    let h = gathered(places, of: concatenated(states))
    return Examples(
      images: mixup(h, gathered(partners, of: h), lambda: lambda),
      labels: concatenated([X.labels, U.labels]))
  }
}
