import Foundation

/// The size in bytes up to which a file is read into memory unless a caller needs more: 1 GiB.
package let usualSizeLimit = 1 << 30

/// Reads a file; returns `nil` if it does not exist.
///
/// - Parameters:
///   - file: The file.
///   - limit: The largest size that is accepted, in bytes.
/// - Throws: ``FileError`` if it exists but cannot be read, is too large, or is not a file, such as a folder or a named
///   pipe.
package func readFileIfPresent(at file: URL, limit: Int = usualSizeLimit) throws -> Data? {
  guard let (descriptor, size) = try openForReading(file, limit: limit) else { return nil }
  defer { close(descriptor) }
  // One byte more than the size, so that one read usually reaches the end; the file may have grown.
  var content = Data(count: size + 1)
  var length = 0
  while true {
    let count = unsafe content.withUnsafeMutableBytes { buffer in
      retrying { unsafe read(descriptor, buffer.baseAddress! + length, buffer.count - length) }
    }
    guard count >= 0 else { throw FileError(file, cannotBe: "read", call: "read") }
    guard count > 0 else { return content.prefix(length) }
    length += count
    // The file has grown, or reports no size, such as a file in /proc or a pipe.
    guard length <= limit else { throw tooLarge(file, "more than \(limit) bytes", limit: limit) }
    if length == content.count { content.count = min(2 * length, limit + 1) }
  }
}

/// Reads a file.
///
/// - Parameters:
///   - file: The file.
///   - limit: The largest size that is accepted, in bytes.
/// - Throws: ``FileError`` if it does not exist, cannot be read, or is too large.
package func readFile(at file: URL, limit: Int = usualSizeLimit) throws -> Data {
  guard let content = try readFileIfPresent(at: file, limit: limit) else { throw missing(file) }
  return content
}

/// The error for a file that does not exist.
private func missing(_ file: URL) -> FileError {
  FileError(file.shortPath, cannotBe: "read", call: "open", code: ENOENT)
}

/// The error for a file that is larger than accepted.
private func tooLarge(_ file: URL, _ found: String, limit: Int) -> FileError {
  FileError(
    file, found: found, expected: "at most \(limit)", code: EFBIG, remedy: "name another file")
}

/// Reads a large file in parts of `size` bytes, the last one possibly shorter, and calls `body` with each.
///
/// - Parameters:
///   - file: The file.
///   - size: The size of a part, in bytes.
///   - limit: The largest size of the file that is accepted, in bytes; by default any, since only one part is in
///     memory.
///   - body: Receives each part.
/// - Throws: ``FileError`` if the file does not exist, cannot be read, or is too large; an error that `body` throws.
package func readFile(
  at file: URL, inPartsOf size: Int, limit: Int = .max,
  _ body: (UnsafeRawBufferPointer) throws -> Void
) throws {
  guard let (descriptor, _) = try openForReading(file, limit: limit) else { throw missing(file) }
  defer { close(descriptor) }
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
  defer { unsafe buffer.deallocate() }
  while true {
    var length = 0
    while length < size {
      let count = retrying { unsafe read(descriptor, buffer.baseAddress! + length, size - length) }
      guard count >= 0 else { throw FileError(file, cannotBe: "read", call: "read") }
      guard count > 0 else { break }
      length += count
    }
    guard length > 0 else { return }
    try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<length]))
    guard length == size else { return }
  }
}

/// Opens a file for reading; returns its descriptor and its size, or `nil` if it does not exist.
///
/// Besides regular files, the pipe of standard input is accepted, such as under the name /dev/stdin. Other pipes,
/// devices and folders are not: reading them may wait for ever, or never come to an end.
///
/// - Throws: ``FileError`` if the file cannot be opened, is larger than `limit` bytes, or is not a file.
private func openForReading(
  _ file: URL, limit: Int
) throws -> (descriptor: Int32, size: Int)? {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  let descriptor = retrying {
    unsafe open(file.filePath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
  }
  guard descriptor >= 0 else {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw FileError(file, cannotBe: "read", call: "open")
  }
  do {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw FileError(file, cannotBe: "read", call: "fstat")
    }
    guard status.st_mode & S_IFMT == S_IFREG || isPipeOfStandardInput(status) else {
      throw FileError(
        file, found: kind(of: status), expected: "a file", code: EINVAL,
        remedy: "name another file, or move this away")
    }
    let size = Int(status.st_size)
    guard size <= limit else { throw tooLarge(file, "\(size) bytes", limit: limit) }
    // Reading the pipe of standard input waits for its writer.
    guard fcntl(descriptor, F_SETFL, 0) == 0 else {
      throw FileError(file, cannotBe: "read", call: "fcntl")
    }
    return (descriptor, size)
  } catch {
    close(descriptor)
    throw error
  }
}

/// Returns whether the status of an open file is that of a pipe that is also this process's standard input.
private func isPipeOfStandardInput(_ status: stat) -> Bool {
  var input = stat()
  guard status.st_mode & S_IFMT == S_IFIFO, unsafe fstat(STDIN_FILENO, &input) == 0 else {
    return false
  }
  return (input.st_dev, input.st_ino) == (status.st_dev, status.st_ino)
}

/// The kind of an item that is not a regular file, with its article.
func kind(of status: stat) -> String {
  switch status.st_mode & S_IFMT {
  case S_IFDIR: "a folder"
  case S_IFIFO: "a pipe"
  case S_IFCHR, S_IFBLK: "a device"
  default: "neither a file nor a folder"
  }
}

/// Returns the sorted names of the files and folders in `folder`; none if it does not exist.
///
/// - Throws: ``FileError`` if it cannot be listed, or if a name is not in UTF-8: no `String` would lead to that file.
package func listFolder(at folder: URL) throws -> [String] {
  guard let stream = unsafe opendir(folder.filePath) else {
    if errno == ENOENT { return [] }
    throw FileError(folder, cannotBe: "listed", call: "opendir")
  }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  errno = 0
  while let entry = unsafe readdir(stream) {
    let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { field in
      unsafe [UInt8](field.prefix { $0 != 0 })
    }
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw FileError(
        "\(folder.shortPath): found the name \"\(String(decoding: bytes, as: UTF8.self))\", expected a "
          + "name in UTF-8; rename it", code: EILSEQ)
    }
    if name != ".", name != ".." { names.append(name) }
    errno = 0
  }
  guard errno == 0 else { throw FileError(folder, cannotBe: "listed", call: "readdir") }
  return names.sorted()
}

/// Returns the paths of the files at `path`, which is a file or a folder with subfolders, relative to `root`; none if it
/// does not exist.
///
/// - Parameters:
///   - path: A path relative to `root`.
///   - root: The folder to which paths are relative.
///   - isIncluded: Whether a file or folder below `path` is listed, given its path relative to `root`.
///   - ancestors: The folders that contain `path`; a symbolic link that leads back to one of them is not followed.
/// - Throws: ``FileError`` if a folder cannot be listed, or if a name is not in UTF-8.
package func listFiles(
  at path: String, of root: URL, where isIncluded: (String) -> Bool = { _ in true },
  in ancestors: Set<FileIdentity> = []
) throws -> [String] {
  let item = root.appending(path: path)
  guard item.isExistingDirectory else { return item.isPresent ? [path] : [] }
  guard let identity = try FileIdentity(of: item), !ancestors.contains(identity) else { return [] }
  return try listFolder(at: item).map { "\(path)/\($0)" }.filter(isIncluded).flatMap {
    try listFiles(at: $0, of: root, where: isIncluded, in: ancestors.union([identity]))
  }
}

/// Whether a folder, or a symbolic link to one, is at `url`; false if nothing is there.
///
/// - Throws: ``FileError`` if that cannot be found out, such as in a folder without the right to search it.
package func isFolder(at url: URL) throws -> Bool {
  try statusIfPresent(of: url).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
}

extension URL {
  /// Whether a folder exists at this path.
  package var isExistingDirectory: Bool {
    var status = stat()
    return unsafe stat(filePath, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The time of the last change of the file at this path in seconds since 1970; nil if there is none.
  package var modificationTime: Int? {
    var status = stat()
    return unsafe stat(filePath, &status) == 0 ? status.modificationTime : nil
  }

  /// Whether a file, folder or symbolic link exists at this path, including a link to nothing.
  package var isPresent: Bool { typeOfEntry != nil }

  /// Whether a symbolic link exists at this path, also one to nothing.
  package var isSymbolicLink: Bool { typeOfEntry == S_IFLNK }

  /// Whether a folder exists at this path, and not only a symbolic link to one.
  package var isFolderItself: Bool { typeOfEntry == S_IFDIR }

  /// The type of what exists at this path, such as `S_IFDIR`, without following a symbolic link; nil for nothing.
  private var typeOfEntry: mode_t? {
    var status = stat()
    return unsafe lstat(filePathWithoutSlash, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The path without a slash at its end, with which system calls would follow a symbolic link.
  var filePathWithoutSlash: String {
    let path = filePath
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}

/// Repeats a system call until no signal interrupts it, and returns its result.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
