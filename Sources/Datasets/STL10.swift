import Files
import Foundation

/// STL-10: 5,000 training images of ten classes, 100,000 unlabelled and 8,000 test images, 96×96 pixels in
/// colour.
///
/// The unlabelled images show other classes too. Source: A. Coates, H. Lee, A. Ng, *An analysis of single-layer
/// networks in unsupervised feature learning*, AISTATS 2011.
public enum STL10 {
  /// The five files of the binary version, in the order in which they are hashed.
  package enum Part: String, DatasetPart {
    case trainImages = "train_X.bin"
    case trainLabels = "train_y.bin"
    case unlabelledImages = "unlabeled_X.bin"
    case testImages = "test_X.bin"
    case testLabels = "test_y.bin"

    static let subfolder = "stl10_binary"
    static let archiveName: String? = "stl10_binary.tar.gz"
    static let downloadLimit = 3 << 30
    static let title = "STL-10"
    static let wholeSet = "all five files of STL-10"

    /// The published name of the file.
    package var fileName: String { rawValue }

    /// Whether the file contains labels, not images.
    var isOfLabels: Bool { self == .trainLabels || self == .testLabels }
  }

  /// The MD5 of each published file, as in torchvision (torchvision/datasets/stl10.py).
  package static let publishedMD5: [Part: String] = [
    .trainImages: "918c2871b30a85fa023e0c44e0bee87f",
    .trainLabels: "5a34089d4802c674881badbb80307741",
    .unlabelledImages: "5242ba1fed5e4be9e1e742405eb56ca4",
    .testImages: "7f263ba9f9e0b06b93213547f721ac82",
    .testLabels: "36f9794fa4beb8a2c72628de14fa638e",
  ]

  /// The names of the classes, in the order of the labels.
  public static let classNames = [
    "airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck",
  ]

  /// The addresses that serve the archive, without its name.
  public static let mirrors: [URL] = ["http://ai.stanford.edu/~acoates/stl10/"]
    .compactMap(URL.init(string:))

  /// The archive's MD5, as in torchvision (torchvision/datasets/stl10.py).
  private static let publishedArchive = Checksum.md5("91f7769df0f17e558f3565bffb0c7dfb")

  /// The height and width of an image.
  static let size = 96
  /// The bytes of an image.
  static let imageSize = size * size * 3
  /// The largest number of images in a file that is read: 262,144, which take 7.2 GB.
  static let maximumCount = 1 << 18

  /// Finds out which of the files a directory holds.
  ///
  /// - Throws: `FileError` if the directory cannot be listed.
  public static func presence(in directory: URL) throws -> DatasetPresence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads STL-10, or a data set in its format, from the five files of the binary version.
  ///
  /// The files are in `directory/stl10_binary` or in `directory` itself, under their published names. A file may hold
  /// any number of images up to 262,144. An image is stored as three planes, each column by column; a label is a byte
  /// from 1 to 10. The unlabelled images follow the labelled ones in the training split, beyond
  /// ``ImageDataset/knownLabels``. The whole set takes 3.1 GB of memory. The name of the data set is "STL-10" only if
  /// every file has the published content.
  ///
  /// - Returns: The data set, or `nil` if none of the files exists.
  /// - Throws: ``DatasetError`` if only some of the files exist, or if one has the wrong content; `FileError` if
  ///   one cannot be read.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, md5: publishedMD5)
  }

  /// Reads a data set as ``load(from:)`` does, and compares the files with other MD5 hashes.
  package static func load(from directory: URL, md5 sums: [Part: String]) throws -> ImageDataset? {
    guard let paths = try DatasetFiles<Part>(in: directory)?.paths() else { return nil }
    let files = Dictionary(uniqueKeysWithValues: zip(Part.allCases, paths))
    var reader = STL10Reader(files, md5: sums)
    // In the order in which the files are hashed.
    var pixels = try reader.images(in: .trainImages, reservingSpaceFor: [.unlabelledImages])
    let known = pixels.count / imageSize
    var labels = try reader.labels(in: .trainLabels, of: known)
    try reader.appendImages(in: .unlabelledImages, to: &pixels)
    labels += [UInt8](repeating: 0, count: pixels.count / imageSize - known)
    let testPixels = try reader.images(in: .testImages)
    let testLabels = try reader.labels(in: .testLabels, of: testPixels.count / imageSize)
    func split(_ pixels: [UInt8], _ labels: [UInt8]) -> LabelledImages {
      LabelledImages(height: size, width: size, channels: 3, pixels: pixels, labels: labels)
    }
    return ImageDataset(
      name: Part.name(isOriginal: reader.areOriginal), sha256: reader.digest.finish(),
      isSynthetic: false, classNames: classNames, train: split(pixels, labels),
      test: split(testPixels, testLabels), knownLabels: known)
  }

  /// Downloads the archive of the binary version (2.6 GB) and unpacks it to `directory/stl10_binary`.
  ///
  /// - Parameters:
  ///   - directory: The directory for all data sets; it is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - shouldStop: Called several times a second; once it returns true, the download is broken off. The same call
  ///     continues it.
  ///   - progress: Receives a line for each step and for each mirror that fails.
  /// - Throws: ``DatasetError`` if only some of the files exist, if an existing archive is not the published one,
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
