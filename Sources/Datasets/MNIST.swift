import Foundation

/// MNIST: 60,000 images of handwritten digits to learn from and 10,000 to measure on, 28×28 grey
/// pixels. (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to
/// document recognition*, Proc. IEEE 86, 1998.)
public enum MNIST {
  /// One of the four files, in the order in which they are hashed.
  package enum Part: Int, DatasetPart {
    case trainImages, trainLabels, testImages, testLabels

    static let subfolder = "mnist"
    /// torchvision's.
    static let otherSubfolders = ["MNIST/raw"]
    static let archiveName: String? = nil
    static let wholeSet = "all four files of MNIST, gzipped or not"

    /// The name under which it was published, uncompressed.
    package var fileName: String {
      switch self {
      case .trainImages: "train-images-idx3-ubyte"
      case .trainLabels: "train-labels-idx1-ubyte"
      case .testImages: "t10k-images-idx3-ubyte"
      case .testLabels: "t10k-labels-idx1-ubyte"
      }
    }

    /// The names under which it is in use, best first.
    var acceptedNames: [String] {
      let names = [fileName, fileName.replacing("-idx", with: ".idx")]
      return names + names.map { $0 + ".gz" }
    }
  }

  /// The SHA-256 of each file as published, uncompressed.
  package static let publishedSums: [Part: String] = [
    .trainImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    .trainLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    .testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    .testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  ]

  /// How much of the set a directory holds.
  ///
  /// - Throws: ``DatasetError`` if it cannot be listed.
  public static func presence(in directory: URL) throws -> Presence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads MNIST, or a set in its format, from four IDX files of unsigned bytes, gzipped or not.
  ///
  /// The files lie in `directory/mnist`, in torchvision's `directory/MNIST/raw` or in `directory`
  /// itself, under their published names or
  /// with a dot for the second hyphen ("train-images.idx3-ubyte"). Any number of images will do;
  /// the set's name tells whether they are MNIST's very own bytes.
  ///
  /// - Returns: The data set, or nil if none of the four files is there.
  /// - Throws: ``DatasetError`` if some of the files are there but not all, or if one cannot be
  ///   read or is not what it should be.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, sums: publishedSums)
  }

  /// Reads as ``load(from:)`` does, holding the files against other sums than MNIST's.
  package static func load(
    from directory: URL, sums: [Part: String]
  ) throws -> ImageDataset? {
    guard let paths = try DatasetFiles<Part>(in: directory)?.paths() else { return nil }
    let contents = try paths.map { try uncompressedContent(of: $0) }
    let train = try images(contents[0], labels: contents[1], paths[0].path, paths[1].path)
    let test = try images(contents[2], labels: contents[3], paths[2].path, paths[3].path)
    let isOriginal = Part.allCases.allSatisfy {
      sha256Hex(contents[$0.rawValue]) == sums[$0]
    }
    return ImageDataset(
      name: isOriginal ? "MNIST" : "MNIST format, not the original bytes",
      sha256: sha256Hex(contents[0], contents[1], contents[2], contents[3]),
      isSynthetic: false, classNames: (0...9).map(String.init), train: train, test: test)
  }

  /// Puts together one split from the uncompressed contents of its two files.
  private static func images(
    _ images: [UInt8], labels: [UInt8], _ imagesPath: String, _ labelsPath: String
  ) throws -> LabelledImages {
    let images = try IDX(images, of: .images(height: 28, width: 28), origin: imagesPath)
    let labels = try IDX(labels, of: .labels, origin: labelsPath)
    if let index = labels.values.firstIndex(where: { $0 > 9 }) {
      throw DatasetError(
        labelsPath, found: "label \(labels.values[index]) at index \(index)", expected: "0 to 9")
    }
    guard labels.count == images.count else {
      throw DatasetError(
        labelsPath, found: "\(labels.count) labels",
        expected: "\(images.count), one for each image in \(imagesPath)")
    }
    return LabelledImages(
      height: 28, width: 28, channels: 1, pixels: images.values, labels: labels.values)
  }
}
