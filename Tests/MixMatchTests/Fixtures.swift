import Engine
import Foundation
import Testing

/// The content of a file in Fixtures, such as "beta.json".
func loadFixture<Content: Decodable>(_ name: String) throws -> Content {
  let file = Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
  return try JSONDecoder().decode(Content.self, from: Data(contentsOf: file))
}

/// Sets the parameters of `module` to the values of a fixture.
func set(_ module: some Module, to values: [[Float]]) {
  for ((_, parameter), values) in zip(module.parameters, values) {
    parameter.value = Tensor(values, shape: parameter.value.shape)
  }
}

/// Expects the gradients of all parameters of `module`, which differ from those of a fixture by single precision only.
func expectGradients(
  _ module: some Module, _ expected: [[Double]], times factor: Double = 1, tolerance: Double = 5e-6
) throws {
  try #require(module.parameters.count == expected.count)
  for ((name, parameter), gradient) in zip(module.parameters, expected) {
    let found = try #require(parameter.gradient, "\(name)").scalars
    try #require(found.count == gradient.count, "\(name)")
    for (a, b) in zip(found, gradient) {
      #expect(abs(Double(a) - factor * b) < tolerance, "\(name)")
    }
  }
}
