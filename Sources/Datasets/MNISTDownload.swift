import Engine
import Foundation

extension MNIST {
  /// Where MNIST is served; a file's name with ".gz" completes the address.
  public static let mirrors: [URL] = [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://yann.lecun.com/exdb/mnist/",
  ].compactMap(URL.init(string:))

  /// Downloads those of the four files that are not there yet, about 11 MB, into `directory/mnist`,
  /// or to where the others already lie. The set that then lies there is MNIST to the byte.
  ///
  /// - Parameters:
  ///   - directory: The folder with all data; made if need be.
  ///   - mirrors: Where to look, in this order.
  ///   - progress: Gets a line now and then about what is being done, and which mirror failed how.
  /// - Throws: ``DatasetError`` if a file that is there is not MNIST's, if no mirror serves one
  ///   that is not there, if curl is not installed, or if nothing can be written to the folder.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors, progress: (String) -> Void
  ) throws {
    try download(
      into: directory, mirrors: mirrors, sums: publishedSums, progress: progress)
  }

  /// Downloads as ``download(into:mirrors:progress:)`` does, a set with other sums than MNIST's.
  package static func download(
    into directory: URL, mirrors: [URL], sums: [Part: String],
    progress: (String) -> Void
  ) throws {
    let files = try DatasetFiles<Part>(in: directory)
    let folder = files?.folder ?? directory.appending(path: Part.subfolder)
    for part in Part.allCases {
      let name = part.fileName + ".gz"
      guard let sum = sums[part] else {
        fatalError("Each part of MNIST needs a sum; \(name) has none.")
      }
      let download = Download(
        of: files?.found[part] ?? folder.appending(path: name),
        from: mirrors.map { $0.appending(path: name) }, checksum: .uncompressedSHA256(sum))
      try download.run(progress: progress)
    }
  }
}
