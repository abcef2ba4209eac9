import Engine
import Foundation

extension MNIST {
  /// The addresses that serve MNIST, without the names of the files.
  public static let mirrors: [URL] = [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://yann.lecun.com/exdb/mnist/",
  ].compactMap(URL.init(string:))

  /// Downloads the missing files of MNIST, about 11 MB in total, and checks the existing ones.
  ///
  /// The files are written to `directory/mnist`, or to the folder that already has some of them. After the
  /// download, all files have the published content.
  ///
  /// - Parameters:
  ///   - directory: The directory for all data sets; it is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - shouldStop: Called several times a second; once it returns true, the download is broken off. The same call
  ///     continues it.
  ///   - progress: Receives a line for each step and for each mirror that fails.
  /// - Throws: ``DatasetError`` if an existing file has another content, if no mirror serves a missing
  ///   file, if the download is broken off, or if curl is not installed; `FileError` if the directory cannot
  ///   be written.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors,
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try download(
      into: directory, mirrors: mirrors, sums: publishedSums, stoppingWhen: shouldStop,
      progress: progress)
  }

  /// Downloads a data set as ``download(into:mirrors:stoppingWhen:progress:)`` does, and checks other hashes.
  package static func download(
    into directory: URL, mirrors: [URL], sums: [Part: String],
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try downloadFiles(
      of: Part.self, into: directory, mirrors: mirrors, fileExtension: ".gz",
      checksums: sums.mapValues { .uncompressedSHA256($0) }, stoppingWhen: shouldStop,
      progress: progress)
  }
}
