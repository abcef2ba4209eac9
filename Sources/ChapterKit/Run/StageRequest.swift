/// A stage that a run needs: its name, and everything that its result depends on.
struct StageRequest {
  /// The name, which occurs once in a run.
  let name: String
  /// The data set; nil for a stage without one.
  let dataset: DatasetIdentity?
  /// Everything else that the result depends on, apart from the code.
  let inputs: [String: any Encodable]
  /// The paths of the code that computes the result, relative to the package's root.
  let code: [String]
  /// The key under which other chapters find the result; nil if it is for this chapter only.
  let sharedKey: TrainingKey?
  /// A sentence that tells how to use a training record in OUT whose code alone differs; nil if the program cannot.
  let useOfOtherCode: String?

  /// A stage whose result is for this chapter only.
  init(
    _ name: String, dataset: DatasetIdentity?, inputs: [String: any Encodable], code: [String]
  ) {
    (self.name, self.dataset, self.inputs, self.code) = (name, dataset, inputs, code)
    (sharedKey, useOfOtherCode) = (nil, nil)
  }

  /// A stage whose result other chapters find under `key`, and that depends on the further files at the paths `code`.
  init(
    _ key: TrainingKey, dataset: DatasetIdentity, code: [String] = [],
    useOfOtherCode: String? = nil
  ) {
    (name, inputs, self.code) = (key.name, key.inputs, key.code + code)
    self.dataset = dataset
    sharedKey = key
    self.useOfOtherCode = useOfOtherCode
  }

  /// Whether the stage uses a data set that code generated.
  var isSynthetic: Bool { dataset?.synthetic == true }
}
