// swift-tools-version: 6.0
import PackageDescription

// A package outside of this one that uses its libraries, as a test of their public interfaces.
let package = Package(
  name: "library-user",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "mixmatch", path: "../..")],
  targets: [
    .executableTarget(
      name: "train",
      dependencies: [
        .product(name: "Datasets", package: "mixmatch"),
        .product(name: "Engine", package: "mixmatch"),
        .product(name: "MixMatch", package: "mixmatch"),
      ])
  ]
)
