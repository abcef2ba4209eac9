import Files
import Foundation

/// The Street View House Numbers, cropped digits: 73,257 training and 26,032 test images of ten classes, 32×32
/// pixels in colour.
///
/// Source: Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Ng, *Reading digits in natural images with
/// unsupervised feature learning*, NIPS workshop, 2011. The additional 531,131 images are not used, as in the
/// MixMatch paper's main experiments.
public enum SVHN {
  /// The two files, in the order in which they are hashed.
  package enum Part: String, DatasetPart {
    case train = "train_32x32.mat"
    case test = "test_32x32.mat"

    static let subfolder = "svhn"
    /// The folder of tools that follow torchvision's name of the class.
    static let otherSubfolders = ["SVHN"]
    static let archiveName: String? = nil
    static let downloadLimit = 256 << 20
    static let title = "SVHN"
    static let wholeSet = "both files of SVHN"

    /// The published name of the file.
    package var fileName: String { rawValue }
  }

  /// The SHA-256 of each published file, as in torchvision (torchvision/prototype/datasets/_builtin/svhn.py).
  package static let publishedSums: [Part: String] = [
    .train: "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
    .test: "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
  ]

  /// The MD5 of each published file, as in torchvision (torchvision/datasets/svhn.py).
  private static let publishedMD5: [Part: String] = [
    .train: "e26dedcc434d2e4c54c9b2d4a06d8373", .test: "eb5a983be6a315427106f1b164d9cef3",
  ]

  /// The names of the classes, in the order of the labels.
  public static let classNames = (0...9).map { "\($0)" }

  /// The addresses that serve the files, without their names.
  public static let mirrors: [URL] = ["http://ufldl.stanford.edu/housenumbers/"]
    .compactMap(URL.init(string:))

  /// Finds out which of the files a directory holds.
  ///
  /// - Throws: `FileError` if the directory cannot be listed.
  public static func presence(in directory: URL) throws -> DatasetPresence {
    try DatasetFiles<Part>.presence(in: directory)
  }

  /// Reads SVHN, or a data set in its format, from the two MATLAB files.
  ///
  /// The files are in `directory/svhn`, `directory/SVHN` or in `directory` itself, under their published names.
  /// They contain X (32, 32, 3, N) and y (N, 1); the label 10 stands for the digit 0. A file may have up to 1 GiB,
  /// before and after decompression. The name of the data set is "SVHN" only if both files have the published
  /// content.
  ///
  /// - Returns: The data set, or `nil` if neither file exists.
  /// - Throws: ``DatasetError`` if only one of the files exists, or if one has the wrong content; `FileError` if
  ///   one cannot be read.
  public static func load(from directory: URL) throws -> ImageDataset? {
    try load(from: directory, sums: publishedSums)
  }

  /// Reads a data set as ``load(from:)`` does, and compares the files with other hashes.
  package static func load(from directory: URL, sums: [Part: String]) throws -> ImageDataset? {
    guard let paths = try DatasetFiles<Part>(in: directory)?.paths() else { return nil }
    let digest = RunningDigest.sha256()
    var areOriginal = true
    let splits = try zip(paths, Part.allCases).map { path, part in
      let content = [UInt8](try readFile(at: path))
      digest.update(content)
      areOriginal = areOriginal && sha256Hex(content) == sums[part]
      return try images(
        MATFile(content, names: ["X", "y"], origin: path.shortPath), origin: path.shortPath)
    }
    return ImageDataset(
      name: Part.name(isOriginal: areOriginal), sha256: digest.finish(),
      isSynthetic: false, classNames: classNames, train: splits[0], test: splits[1])
  }

  /// The images and labels of a file.
  private static func images(_ file: MATFile, origin: String) throws -> LabelledImages {
    func failure(_ found: String) -> DatasetError {
      DatasetError(origin, found: found, expected: "X (32, 32, 3, N) and y (N, 1)")
    }
    guard let X = file.arrays["X"], let y = file.arrays["y"] else {
      throw failure("the arrays \(file.arrays.keys.sorted().joined(separator: ", "))")
    }
    let count = y.values.count
    // MATLAB leaves out a last dimension of 1, other programs write it.
    let dimensions = X.dimensions.count == 3 ? X.dimensions + [1] : X.dimensions
    guard count > 0, dimensions == [32, 32, 3, count] else {
      throw failure("X \(X.dimensions) and \(count) labels")
    }
    try DatasetError.unless(y.values, in: 1...10, of: origin)
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: X.values.count) { pixels, written in
      unsafe X.values.withUnsafeBytes {
        unsafe transposeImages($0, count: count, size: 32, channels: 3, to: pixels.baseAddress!)
      }
      written = X.values.count
    }
    return LabelledImages(
      height: 32, width: 32, channels: 3, pixels: pixels, labels: y.values.map { $0 % 10 })
  }

  /// Downloads the missing files of SVHN, 246 MB in total, and checks the existing ones.
  ///
  /// - Parameters:
  ///   - directory: The directory for all data sets; it is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - shouldStop: Called several times a second; once it returns true, the download is broken off. The same call
  ///     continues it.
  ///   - progress: Receives a line for each step and for each mirror that fails.
  /// - Throws: ``DatasetError`` if an existing file has another content, if no mirror serves a missing file,
  ///   if the download is broken off, or if curl is not installed; `FileError` if the directory cannot be written.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors,
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try download(
      into: directory, mirrors: mirrors, md5: publishedMD5, stoppingWhen: shouldStop,
      progress: progress)
  }

  /// Downloads a data set as ``download(into:mirrors:stoppingWhen:progress:)`` does, and checks other MD5 hashes.
  package static func download(
    into directory: URL, mirrors: [URL], md5 sums: [Part: String],
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try downloadFiles(
      of: Part.self, into: directory, mirrors: mirrors, checksums: sums.mapValues { .md5($0) },
      stoppingWhen: shouldStop, progress: progress)
  }
}
