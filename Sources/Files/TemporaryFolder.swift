import Foundation

extension URL {
  /// The folder for temporary files, by an absolute path.
  ///
  /// TMPDIR may be a relative path, which leads elsewhere in a program that is started in another folder.
  package static let absoluteTemporaryDirectory = URL.temporaryDirectory.absoluteURL
}
