import Engine
import Files
import Foundation

/// Reads CIFAR-10 or CIFAR-100, or a data set in the same format.
///
/// - Parameters:
///   - directory: The directory with the files, or with a subfolder of them.
///   - format: The format of a file.
///   - sums: The SHA-256 of the published files.
///   - classNames: The names of the classes.
/// - Returns: The data set; the last file has the test images. Nil if none of the files exists.
/// - Throws: ``DatasetError`` if only some of the files exist, or if one has the wrong content; `FileError` if one cannot
///   be read.
func loadCIFAR<Part: DatasetPart>(
  from directory: URL, format: CIFARBatch.Format, sums: [Part: String], classNames: [String]
) throws -> ImageDataset? {
  guard let paths = try DatasetFiles<Part>(in: directory)?.paths() else { return nil }
  var files = CIFARFiles(zip(paths, Part.allCases.map { sums[$0] }), format: format)
  let train = try LabelledImages(files: paths.count - 1, of: &files)
  let test = try LabelledImages(files: 1, of: &files)
  return ImageDataset(
    name: Part.name(isOriginal: files.areOriginal), sha256: files.digest.finish(),
    isSynthetic: false,
    classNames: classNames, train: train, test: test)
}

/// A reader of the files of the binary version that keeps only one file in memory at a time.
struct CIFARFiles {
  private var rest: ArraySlice<(path: URL, sum: String?)>
  private let format: CIFARBatch.Format
  private var first: (path: URL, count: Int)?
  /// The running SHA-256 of all files read so far.
  let digest = RunningDigest.sha256()
  /// Whether all files read so far have the published content.
  private(set) var areOriginal = true

  /// The files at the given paths, each with the SHA-256 of its published content.
  init(_ files: some Sequence<(URL, String?)>, format: CIFARBatch.Format) {
    rest = files.map { ($0, $1) }[...]
    self.format = format
  }

  /// Reads the next file.
  ///
  /// - Throws: ``DatasetError`` if it has the wrong content, or another number of images than the first file where
  ///   all have the same; `FileError` if it cannot be read.
  mutating func next() throws -> CIFARBatch {
    let (path, sum) = rest.removeFirst()
    let batch = try CIFARBatch([UInt8](readFile(at: path)), origin: path.shortPath, format: format)
    if let first, format.hasEqualFiles, first.count != batch.count {
      throw DatasetError(
        path.shortPath, found: "\(batch.count) images",
        expected: "\(first.count), as in \(first.path.shortPath)")
    }
    first = first ?? (path, batch.count)
    digest.update(batch.records)
    areOriginal = areOriginal && sha256Hex(batch.records) == sum
    return batch
  }
}

extension LabelledImages {
  /// Reads the next `count` files, which all have the same number of images.
  init(files count: Int, of files: inout CIFARFiles) throws {
    var batch = try files.next()
    var labels = batch.labels
    let length = batch.count * CIFARBatch.imageSize
    let pixels = try unsafe [UInt8](unsafeUninitializedCapacity: count * length) {
      pixels, written in
      unsafe batch.writePixels(to: pixels.baseAddress!)
      written = length
      for _ in 1..<count {
        batch = try files.next()
        require(
          batch.count * CIFARBatch.imageSize == length,
          "The files of a split have the same number of images; found \(batch.count) in one of them."
        )
        unsafe batch.writePixels(to: pixels.baseAddress! + written)
        written += length
        labels += batch.labels
      }
    }
    self.init(
      height: CIFARBatch.size, width: CIFARBatch.size, channels: CIFARBatch.channels,
      pixels: pixels, labels: labels)
  }
}
