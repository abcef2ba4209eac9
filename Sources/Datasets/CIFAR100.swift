import Foundation

/// CIFAR-100: 50,000 training and 10,000 test images of a hundred classes, 32×32 pixels in colour.
///
/// Source: A. Krizhevsky, *Learning multiple layers of features from tiny images*, University of Toronto,
/// 2009.
public enum CIFAR100 {
  /// The two files of the binary version, in the order in which they are hashed.
  package enum Part: String, DatasetPart {
    case train = "train.bin"
    case test = "test.bin"

    static let subfolder = "cifar-100-binary"
    static let archiveName: String? = "cifar-100-binary.tar.gz"
    static let downloadLimit = 256 << 20
    static let title = "CIFAR-100"
    static let wholeSet = "both files of CIFAR-100"

    /// The published name of the file.
    package var fileName: String { rawValue }
  }

  /// The SHA-256 of each file in the published archive.
  ///
  /// The authors publish only the MD5 of the archive. These hashes are from torchvision-ruby
  /// (lib/torchvision/datasets/cifar100.rb), which checks the files unpacked from that archive.
  package static let publishedSums: [Part: String] = [
    .train: "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
    .test: "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
  ]

  /// The names of the classes, in the order of the labels ("fine labels").
  public static let classNames = [
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
    "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
    "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup",
    "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house",
    "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion", "lizard", "lobster", "man",
    "maple tree", "motorcycle", "mountain", "mouse", "mushroom", "oak tree", "orange", "orchid",
    "otter", "palm tree", "pear", "pickup truck", "pine tree", "plain", "plate", "poppy",
    "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal",
    "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar",
    "sunflower", "sweet pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
    "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow tree", "wolf", "woman",
    "worm",
  ]

  /// The addresses that serve the archive of the binary version, without the name of the archive.
  public static let mirrors: [URL] = ["https://www.cs.toronto.edu/~kriz/"]
    .compactMap(URL.init(string:))

  /// The archive's MD5, as the authors publish it (www.cs.toronto.edu/~kriz/cifar.html).
  private static let publishedArchive = Checksum.md5("03b5dce01913d631647c71ecec9e9cb8")

  /// Finds out which of the files a directory holds.
  ///
  /// - Throws: `FileError` if the directory cannot be listed.
  public static func presence(in directory: URL) throws -> DatasetPresence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads CIFAR-100, or a data set in its format, from the two files of the binary version.
  ///
  /// The files are in `directory/cifar-100-binary` or in `directory` itself, under their published names. They
  /// may hold any number of images, up to 1 GiB per file. The name of the data set is "CIFAR-100" only if both files
  /// have the published content.
  ///
  /// - Returns: The data set, or `nil` if neither file exists.
  /// - Throws: ``DatasetError`` if only one of the files exists, or if one has the wrong content; `FileError` if
  ///   one cannot be read.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, sums: publishedSums)
  }

  /// Reads a data set as ``load(from:)`` does, and compares the files with other hashes.
  package static func load(from directory: URL, sums: [Part: String]) throws -> ImageDataset? {
    try loadCIFAR(from: directory, format: .cifar100, sums: sums, classNames: classNames)
  }

  /// Downloads the archive of the binary version (169 MB) and unpacks it to `directory/cifar-100-binary`.
  ///
  /// - Parameters:
  ///   - directory: The directory for all data sets; it is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - shouldStop: Called several times a second; once it returns true, the download is broken off. The same call
  ///     continues it.
  ///   - progress: Receives a line for each step and for each mirror that fails.
  /// - Throws: ``DatasetError`` if only one of the files exists, if an existing archive is not the published one,
  ///   if no mirror serves it, if the download is broken off, or if curl or tar is not installed; `FileError` if the
  ///   directory cannot be written.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors,
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try downloadArchive(
      of: Part.self, into: directory, mirrors: mirrors, checksum: publishedArchive,
      stoppingWhen: shouldStop, progress: progress)
  }
}
