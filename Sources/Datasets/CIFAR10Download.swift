import Files
import Foundation

extension CIFAR10 {
  /// The addresses that serve the archive of the binary version, without the name of the archive.
  public static let mirrors: [URL] = [
    "https://www.cs.toronto.edu/~kriz/",
    "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
    "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
  ].compactMap(URL.init(string:))

  /// The archive's MD5, as the authors publish it (www.cs.toronto.edu/~kriz/cifar.html).
  private static let publishedArchive = Checksum.md5("c32a1d4ab5d03f1284b67883e8d87530")

  /// Downloads the archive of the binary version (170 MB) and unpacks it.
  ///
  /// The files are unpacked to `directory/cifar-10-batches-bin`. An archive that is already in
  /// `directory` is not downloaded again; if the six files exist, nothing is done.
  ///
  /// - Parameters:
  ///   - directory: The directory for all data sets; it is created if necessary.
  ///   - mirrors: The addresses to try, in this order.
  ///   - shouldStop: Called several times a second; once it returns true, the download is broken off. The same call
  ///     continues it.
  ///   - progress: Receives a line for each step and for each mirror that fails.
  /// - Throws: ``DatasetError`` if only some of the files exist, if an existing archive is not the
  ///   published one, if no mirror serves it, if the download is broken off, or if curl or tar is not
  ///   installed; `FileError` if the directory cannot be written.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors,
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try download(
      into: directory, mirrors: mirrors, archive: publishedArchive, stoppingWhen: shouldStop,
      progress: progress)
  }

  /// Downloads an archive as ``download(into:mirrors:stoppingWhen:progress:)`` does, and checks another hash.
  package static func download(
    into directory: URL, mirrors: [URL], archive checksum: Checksum,
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "",
    stoppingWhen shouldStop: (() -> Bool)? = nil, progress: (String) -> Void
  ) throws {
    try downloadArchive(
      of: Part.self, into: directory, mirrors: mirrors, checksum: checksum, searchPath: searchPath,
      stoppingWhen: shouldStop, progress: progress)
  }
}
