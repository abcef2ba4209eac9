// swift-tools-version: 6.2
import PackageDescription

// The code is layered: each target depends only on the targets that it lists here.
let package = Package(
  name: "mixmatch",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Embedding", targets: ["Embedding"]),
    .library(name: "Engine", targets: ["Engine"]),
    .library(name: "MixMatch", targets: ["MixMatch"]),
  ],
  targets: [
    // The chapters, one executable each.
    .executableTarget(
      name: "chapter1",
      dependencies: ["ChapterKit", "Datasets", "Engine", "MixMatch"],
      path: "chapters/1-augmentation"),
    .executableTarget(
      name: "chapter2",
      dependencies: ["ChapterKit", "Datasets", "Engine", "MixMatch"],
      path: "chapters/2-mixup"),
    .executableTarget(
      name: "chapter3",
      dependencies: ["ChapterKit", "Datasets", "Embedding", "Engine", "Experiments", "MixMatch"],
      path: "chapters/3-sharpening"),
    .executableTarget(
      name: "chapter4",
      dependencies: [
        "ChapterKit", "Datasets", "Engine", "Experiments", "MixMatch", "ResultTables",
      ],
      path: "chapters/4-mixmatch"),
    .executableTarget(
      name: "chapter5",
      dependencies: ["ChapterKit", "Datasets", "Experiments", "MixMatch", "ResultTables"],
      path: "chapters/5-baselines"),
    .executableTarget(
      name: "ablations", dependencies: ["ChapterKit", "Experiments", "MixMatch", "ResultTables"],
      path: "chapters/ablations"),
    .executableTarget(
      name: "labels", dependencies: ["ChapterKit", "Experiments", "MixMatch", "ResultTables"],
      path: "chapters/labels"),
    .executableTarget(
      name: "mixing",
      dependencies: ["ChapterKit", "Engine", "Experiments", "MixMatch", "ResultTables"],
      path: "chapters/mixing-further"),
    .executableTarget(
      name: "night", dependencies: ["ChapterKit", "ResultTables"],
      path: "chapters/night"),
    .executableTarget(
      name: "search", dependencies: ["ChapterKit", "Experiments", "MixMatch", "ResultTables"],
      path: "chapters/search"),
    .executableTarget(
      name: "claims", dependencies: ["ChapterKit"], path: "chapters/claims"),
    .executableTarget(
      name: "method", dependencies: ["ChapterKit", "Engine", "Experiments", "MixMatch"],
      path: "chapters/method"),
    .executableTarget(name: "check-results", dependencies: ["ChapterKit", "Files"]),
    .executableTarget(
      name: "export-weights", dependencies: ["ChapterKit", "Engine", "Experiments", "Files"]),
    .executableTarget(name: "fetch-data", dependencies: ["ChapterKit"]),

    // Repetitions of recorded runs, comparisons of runs, and their export.
    .executableTarget(
      name: "verify", dependencies: ["ChapterKit", "Engine", "Files", "Verification"]),
    .executableTarget(name: "diff-runs", dependencies: ["ChapterKit", "Files", "Verification"]),
    .executableTarget(name: "make-crate", dependencies: ["ChapterKit", "Files", "Verification"]),
    .target(
      name: "Verification", dependencies: ["ChapterKit", "Datasets", "Engine", "Files"]),

    // The chapters as one page.
    .executableTarget(name: "weave", dependencies: ["ChapterKit", "Files", "Weaving"]),
    .target(name: "Weaving", dependencies: ["ChapterKit", "Datasets", "Files", "Verification"]),

    // Benchmarks, and checks of the kernels.
    .executableTarget(
      name: "bench",
      dependencies: [
        "ChapterKit", "Datasets", "Embedding", "Engine", "Experiments", "Files", "MixMatch",
        "Reference",
      ],
      path: "Benchmarks", exclude: ["peers"]),

    // Shared by the chapters: command line, progress, cache, checkpoints, run records, figures.
    .target(name: "ChapterKit", dependencies: ["Datasets", "Engine", "Files"]),

    // The chapters' results tables, and the figures of finished training runs.
    .target(
      name: "ResultTables",
      dependencies: ["ChapterKit", "Datasets", "Engine", "Experiments", "Files", "MixMatch"]),

    // The chapters' training runs and their settings.
    .target(
      name: "Experiments",
      dependencies: ["ChapterKit", "Datasets", "Engine", "Files", "MixMatch"]),

    // The method, data pipeline, training loop and evaluation.
    .target(name: "MixMatch", dependencies: ["Datasets", "Engine", "Files"]),

    // Two libraries that are independent of the method.
    .target(name: "Embedding", dependencies: ["Engine", "Files"]),
    .target(name: "Datasets", dependencies: ["CCrypto", "CZlib", "Engine", "Files"]),

    // The one way in which every program reads and writes files and standard streams.
    .target(name: "Files", dependencies: ["CSpawn"]),

    // Tensors, autodiff, layers, training.
    .target(name: "Engine", dependencies: ["COpenBLAS", "CProcessor", "CSLEEF", "Files"]),

    // The processor's features, as the compiler's macros state them.
    .systemLibrary(name: "CProcessor"),

    // Calls for starting other programs.
    .systemLibrary(name: "CSpawn"),

    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CSLEEF", pkgConfig: "sleef",
      providers: [.apt(["libsleef-dev"]), .brew(["sleef"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // Slow and obvious versions of kernels, which tests and benchmarks compare with.
    .target(name: "Reference", dependencies: ["Engine"], path: "Tests/Reference"),

    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Reference"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Engine", "Files"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "EmbeddingTests", dependencies: ["Embedding", "Engine"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "MixMatchTests", dependencies: ["Datasets", "Engine", "MixMatch"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "ChapterKit", "Datasets", "Engine", "Experiments", "MixMatch", "ResultTables",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ChapterKitTests",
      dependencies: ["ChapterKit", "Datasets", "Engine", "Files", "Reference"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),

    // The readers of files for the fuzzer, scripts/fuzz.
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "ChapterKit", "Datasets", "Engine", "Experiments", "Files", "ResultTables", "Weaving",
      ],
      path: "Tests/Fuzz", exclude: ["seeds"]),
    .testTarget(
      name: "FingerprintTests",
      dependencies: ["Datasets", "Embedding", "Engine", "Experiments", "MixMatch", "Reference"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: ["ChapterKit", "Datasets", "Engine", "Files", "Verification"]),
    .testTarget(name: "WeavingTests", dependencies: ["ChapterKit", "Datasets", "Weaving"]),
  ],
  swiftLanguageModes: [.v6]
)

// Reading photographs needs libvips, and only the programs for your own pictures do that. `make` sets the
// variable where pkg-config finds the library. (Asking pkg-config here would not do: the package manager
// evaluates a manifest again only when the manifest or a variable has changed.)
if Context.environment["LIBVIPS"] == "1" {
  package.targets += [
    .executableTarget(
      name: "own",
      dependencies: [
        "ChapterKit", "Datasets", "Engine", "Experiments", "MixMatch", "Pictures", "ResultTables",
      ],
      path: "chapters/own-images"),
    .executableTarget(
      name: "predict", dependencies: ["ChapterKit", "Engine", "Experiments", "Files", "Pictures"]),
    .executableTarget(
      name: "write-pictures",
      dependencies: ["ChapterKit", "Datasets", "Engine", "Files", "Pictures"]),

    // Folders of photographs: listing, decoding, a cache of decoded pictures.
    .target(
      name: "Pictures", dependencies: ["ChapterKit", "CVips", "Datasets", "Engine", "Files"]),
    .systemLibrary(name: "CVips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .testTarget(
      name: "PicturesTests",
      dependencies: ["ChapterKit", "Datasets", "Files", "Pictures"],
      resources: [.copy("Fixtures")]),
  ]
}

// Training runs on several machines need Open MPI. As with libvips, `make` sets the variable where pkg-config finds it.
if Context.environment["MPI"] == "1" {
  package.targets += [
    .target(name: "MPIProcesses", dependencies: ["CMPI", "Engine", "Files"]),
    .systemLibrary(
      name: "CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
  ]
  let kit = package.targets.first { $0.name == "ChapterKit" }
  kit?.dependencies.append("MPIProcesses")
  kit?.swiftSettings = (kit?.swiftSettings ?? []) + [.define("MPI")]
}

// Every use of a construct whose memory safety the compiler cannot check, such as a pointer, is marked `unsafe`.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.strictMemorySafety()]
}
