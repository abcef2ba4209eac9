import Foundation

/// The content of `file`; `nil` where there is no such file.
///
/// - Throws: ``FileError`` where something is there that cannot be read, such as a folder.
package func readFileIfPresent(at file: URL) throws -> Data? {
  let descriptor = retrying { open(file.filePath, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw FileError(file, cannotBe: "read", call: "open")
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    throw FileError(file, cannotBe: "read", call: "fstat")
  }
  // One byte more than expected, so that the end is seen at once; the file may have grown meanwhile.
  var content = [UInt8](repeating: 0, count: max(1, Int(status.st_size) + 1))
  var length = 0
  while true {
    let count = content.withUnsafeMutableBytes { buffer in
      retrying { read(descriptor, buffer.baseAddress! + length, buffer.count - length) }
    }
    guard count >= 0 else { throw FileError(file, cannotBe: "read", call: "read") }
    guard count > 0 else { return Data(content[..<length]) }
    length += count
    if length == content.count { content += [UInt8](repeating: 0, count: content.count) }
  }
}

/// The content of `file`.
///
/// - Throws: ``FileError`` where it is not there or cannot be read.
package func readFile(at file: URL) throws -> Data {
  guard let content = try readFileIfPresent(at: file) else {
    errno = ENOENT
    throw FileError(file, cannotBe: "read", call: "open")
  }
  return content
}

/// The names of what lies in `folder`, in order; none where there is no such folder.
///
/// - Throws: ``FileError`` where it cannot be listed.
package func listFolder(at folder: URL) throws -> [String] {
  guard let stream = opendir(folder.filePath) else {
    if errno == ENOENT { return [] }
    throw FileError(folder, cannotBe: "listed", call: "opendir")
  }
  defer { closedir(stream) }
  var names: [String] = []
  errno = 0
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
    errno = 0
  }
  guard errno == 0 else { throw FileError(folder, cannotBe: "listed", call: "readdir") }
  return names.sorted()
}

extension URL {
  /// Whether there is a folder here.
  package var isExistingDirectory: Bool {
    var status = stat()
    return stat(filePath, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything here, be it a link to nothing. A path that ends in a slash would find
  /// folders only.
  package var isPresent: Bool {
    var status = stat()
    let path = filePath
    return lstat(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path, &status)
      == 0
  }
}

/// What `call` returns once no signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
