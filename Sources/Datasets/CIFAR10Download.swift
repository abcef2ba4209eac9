import Files
import Foundation

extension CIFAR10 {
  /// Where the archive with the binary version is served; its name completes the address.
  public static let mirrors: [URL] = [
    "https://www.cs.toronto.edu/~kriz/",
    "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
    "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
  ].compactMap(URL.init(string:))

  /// The archive's MD5, as the authors publish it (www.cs.toronto.edu/~kriz/cifar.html).
  private static let publishedArchive = Checksum.md5("c32a1d4ab5d03f1284b67883e8d87530")

  /// Downloads the archive with the binary version, 170 MB, unless it lies in `directory`, and
  /// unpacks it to `directory/cifar-10-batches-bin`; does nothing where the six files are there.
  ///
  /// - Parameters:
  ///   - directory: The folder with all data; made if need be.
  ///   - mirrors: Where to look, in this order.
  ///   - progress: Gets a line now and then about what is being done, and which mirror failed how.
  /// - Throws: ``DatasetError`` if some of the files are there but not all, if an archive that is
  ///   there is not the published one, if no mirror serves it, if curl or tar is not installed, or
  ///   if nothing can be written to the folder.
  public static func download(
    into directory: URL, mirrors: [URL] = Self.mirrors, progress: (String) -> Void
  ) throws {
    try download(
      into: directory, mirrors: mirrors, archive: publishedArchive, progress: progress)
  }

  /// Downloads as ``download(into:mirrors:progress:)`` does, an archive with another sum.
  package static func download(
    into directory: URL, mirrors: [URL], archive checksum: Checksum,
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "",
    progress: (String) -> Void
  ) throws {
    if try DatasetFiles<Part>(in: directory)?.paths() != nil { return }
    let folder = directory.appending(path: Part.subfolder)
    guard !folder.isPresent else {
      throw DatasetError(
        folder.path, found: "a folder without any of them",
        expected: "\(Part.wholeSet); remove the folder, and they are downloaded")
    }
    let name = "cifar-10-binary.tar.gz"
    let file = directory.appending(path: name)
    let archive = try Archive(file, searchPath: searchPath)
    let wasThere = file.isPresent
    let download = Download(
      of: file, from: mirrors.map { $0.appending(path: name) }, checksum: checksum,
      searchPath: searchPath)
    try download.run(progress: progress)
    progress("unpacking \(file.path)")
    try archive.unpack(to: folder)
    if !wasThere { try removeFile(at: file) }
  }
}
