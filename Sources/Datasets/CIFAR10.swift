import Files
import Foundation

/// CIFAR-10: 50,000 training and 10,000 test images of ten classes, 32×32 pixels in colour.
///
/// Source: A. Krizhevsky, *Learning multiple layers of features from tiny images*, University of Toronto,
/// 2009.
public enum CIFAR10 {
  /// The six files of the binary version, in the order in which they are hashed.
  package enum Part: String, DatasetPart {
    case trainBatch1 = "data_batch_1.bin"
    case trainBatch2 = "data_batch_2.bin"
    case trainBatch3 = "data_batch_3.bin"
    case trainBatch4 = "data_batch_4.bin"
    case trainBatch5 = "data_batch_5.bin"
    case testBatch = "test_batch.bin"

    static let subfolder = "cifar-10-batches-bin"
    static let archiveName: String? = "cifar-10-binary.tar.gz"
    static let downloadLimit = 256 << 20
    static let title = "CIFAR-10"
    static let wholeSet = "all six batches of CIFAR-10"

    /// The published name of the file.
    package var fileName: String { rawValue }
  }

  /// The SHA-256 of each file in the published archive.
  ///
  /// The authors publish only the MD5 of the archive. These hashes are from torchvision-ruby
  /// (lib/torchvision/datasets/cifar10.rb), which checks the files unpacked from that archive.
  package static let publishedSums: [Part: String] = [
    .trainBatch1: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    .trainBatch2: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    .trainBatch3: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    .trainBatch4: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    .trainBatch5: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    .testBatch: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
  ]

  /// The names of the classes, in the order of the labels.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Finds out which of the files a directory holds.
  ///
  /// - Throws: `FileError` if the directory cannot be listed.
  public static func presence(in directory: URL) throws -> DatasetPresence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads CIFAR-10, or a data set in its format, from the six files of the binary version.
  ///
  /// The files are in `directory/cifar-10-batches-bin` or in `directory` itself, under their published
  /// names. They may hold any number of images, the same in each file, up to 1 GiB per file. The name of the data set
  /// is "CIFAR-10" only if every file has the published content.
  ///
  /// - Returns: The data set, or `nil` if none of the six files exists.
  /// - Throws: ``DatasetError`` if only some of the files exist, or if one has the wrong content;
  ///   `FileError` if one cannot be read.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, sums: publishedSums)
  }

  /// Reads a data set as ``load(from:)`` does, and compares the files with other hashes.
  package static func load(from directory: URL, sums: [Part: String]) throws -> ImageDataset? {
    try loadCIFAR(from: directory, format: .cifar10, sums: sums, classNames: classNames)
  }
}
