import Foundation

/// MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28 grey pixels.
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
/// recognition*, Proc. IEEE 86, 1998.
public enum MNIST {
  /// The four files, in the order in which they are hashed.
  package enum Part: Int, DatasetPart {
    case trainImages, trainLabels, testImages, testLabels

    static let subfolder = "mnist"
    /// The folder that torchvision uses.
    static let otherSubfolders = ["MNIST/raw"]
    static let archiveName: String? = nil
    /// A mirror may serve the file of the training images decompressed, with 47 MB.
    static let downloadLimit = 64 << 20
    static let title = "MNIST"
    static let wholeSet = "all four files of MNIST, gzipped or not"

    /// The published name of the file, uncompressed.
    package var fileName: String {
      switch self {
      case .trainImages: "train-images-idx3-ubyte"
      case .trainLabels: "train-labels-idx1-ubyte"
      case .testImages: "t10k-images-idx3-ubyte"
      case .testLabels: "t10k-labels-idx1-ubyte"
      }
    }

    /// The accepted names of the file, the preferred one first.
    var acceptedNames: [String] {
      let names = [fileName, fileName.replacing("-idx", with: ".idx")]
      return names + names.map { $0 + ".gz" }
    }
  }

  /// The SHA-256 of each published file, uncompressed.
  package static let publishedSums: [Part: String] = [
    .trainImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    .trainLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    .testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    .testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  ]

  /// Finds out which of the files a directory holds.
  ///
  /// - Throws: `FileError` if the directory cannot be listed.
  public static func presence(in directory: URL) throws -> DatasetPresence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads MNIST, or a data set in its format, from four IDX files of unsigned bytes, gzipped or not.
  ///
  /// The files are in `directory/mnist`, in torchvision's `directory/MNIST/raw` or in `directory` itself,
  /// under their published names or with a dot instead of the second hyphen ("train-images.idx3-ubyte").
  /// They may hold any number of images up to 1,048,576. The name of the data set is "MNIST" only if every file has the
  /// published content.
  ///
  /// - Returns: The data set, or `nil` if none of the four files exists.
  /// - Throws: ``DatasetError`` if only some of the files exist, or if one has the wrong content;
  ///   `FileError` if one cannot be read.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, sums: publishedSums)
  }

  /// Reads a data set as ``load(from:)`` does, and compares the files with other hashes.
  package static func load(
    from directory: URL, sums: [Part: String]
  ) throws -> ImageDataset? {
    guard let paths = try DatasetFiles<Part>(in: directory)?.paths() else { return nil }
    let items = [imageItem, .labels, imageItem, .labels]
    let contents = try zip(paths, items).map { path, item in
      try uncompressedContent(of: path, limit: item.maximumFileSize)
    }
    let train = try images(contents[0], labels: contents[1], paths[0].shortPath, paths[1].shortPath)
    let test = try images(contents[2], labels: contents[3], paths[2].shortPath, paths[3].shortPath)
    let isOriginal = Part.allCases.allSatisfy {
      sha256Hex(contents[$0.rawValue]) == sums[$0]
    }
    return ImageDataset(
      name: Part.name(isOriginal: isOriginal),
      sha256: sha256Hex(contents[0], contents[1], contents[2], contents[3]),
      isSynthetic: false, classNames: (0...9).map(String.init), train: train, test: test)
  }

  /// The entries of the files of images.
  private static let imageItem = IDX.Item.images(height: 28, width: 28)

  /// Creates one split from the uncompressed contents of its two files.
  private static func images(
    _ images: [UInt8], labels: [UInt8], _ imagesPath: String, _ labelsPath: String
  ) throws -> LabelledImages {
    let images = try IDX(images, of: imageItem, origin: imagesPath)
    let labels = try IDX(labels, of: .labels, origin: labelsPath)
    try DatasetError.unless(labels.values, in: 0...9, of: labelsPath)
    guard labels.count == images.count else {
      throw DatasetError(
        labelsPath, found: "\(labels.count) labels",
        expected: "\(images.count), one for each image in \(imagesPath)")
    }
    return LabelledImages(
      height: 28, width: 28, channels: 1, pixels: images.values, labels: labels.values)
  }
}
