import Foundation

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  @preconcurrency import Darwin
#endif

/// The directory that receives what a run makes; a file in it is either whole or not there.
///
/// Every file is written under a name that starts with ".partial-" and this process's number, and
/// renamed when complete. What an interrupted process left behind is removed by the next one.
package struct OutputDirectory: Sendable {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// Makes the directory and `subdirectories` of it, tries that they can be written, and removes
  /// what interrupted processes left there.
  package func prepare(subdirectories: [String]) throws {
    for path in ["."] + subdirectories {
      let directory = file(path).standardizedFileURL
      do {
        try tryToWrite(in: directory)
      } catch {
        let isFile = directory.isReachable && !directory.isExistingDirectory
        let reason = isFile ? "it is a file" : systemReason(error)
        throw Failure(
          "--out: found \(directory.shortPath), which cannot be written (\(reason)), "
            + "expected a writable directory")
      }
      try removeLeftovers(in: path)
    }
  }

  private func tryToWrite(in directory: URL) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let probe = directory.appending(path: partialPrefix + "probe")
    try Data().write(to: probe)
    try FileManager.default.removeItem(at: probe)
  }

  /// The place of `path` in the directory.
  package func file(_ path: String) -> URL { url.appending(path: path) }

  /// What is at `path`, or `nil` where there is nothing that can be read.
  package func content(of path: String) -> Data? { try? Data(contentsOf: file(path)) }

  /// The names of what is in the subdirectory `path`.
  package func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: file(path).path(percentEncoded: false))
  }

  /// Removes the file at `path`.
  package func remove(_ path: String) throws { try FileManager.default.removeItem(at: file(path)) }

  /// Writes a whole file to the disk and only then gives it its name.
  package func write(_ data: Data, to path: String) throws {
    let partial = partialFile(for: path)
    do {
      try data.write(to: partial)
      let handle = try FileHandle(forWritingTo: partial)
      try handle.synchronize()
      try handle.close()
      try complete(path)
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw Failure("\(file(path).shortPath): cannot be written (\(systemReason(error)))")
    }
  }

  /// The name under which `path` is written until it is complete; it keeps the extension.
  package func partialFile(for path: String) -> URL {
    let final = file(path)
    return final.deletingLastPathComponent()
      .appending(path: partialPrefix + final.lastPathComponent)
  }

  /// Gives a complete partial file its name, and has the disk know of it.
  package func complete(_ path: String) throws {
    let status = rename(
      partialFile(for: path).path(percentEncoded: false), file(path).path(percentEncoded: false))
    guard status == 0 else { throw Failure(String(cString: strerror(errno))) }
    try synchronize(file(path).deletingLastPathComponent())
  }

  /// Without this a power failure may take the new name away again.
  private func synchronize(_ directory: URL) throws {
    let descriptor = open(directory.path(percentEncoded: false), O_RDONLY)
    guard descriptor >= 0 else { throw Failure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    // Some file systems have nothing to do here, and say that it is invalid.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw Failure(String(cString: strerror(errno)))
    }
  }

  private func removeLeftovers(in directory: String) throws {
    for name in try names(in: directory) where isLeftover(name) {
      try remove("\(directory)/\(name)")
    }
  }

  /// Whether `name` is a partial file whose process is gone.
  private func isLeftover(_ name: String) -> Bool {
    let parts = name.split(separator: "-", maxSplits: 2)
    guard name.hasPrefix(".partial-"), parts.count == 3, let process = pid_t(parts[1]) else {
      return false
    }
    return kill(process, 0) == -1 && errno == ESRCH
  }
}

private let partialPrefix = ".partial-\(ProcessInfo.processInfo.processIdentifier)-"

/// What the system says of a failed file operation; Foundation's own words are many and say less.
private func systemReason(_ error: any Error) -> String {
  guard let cause = (error as? CocoaError)?.underlying as? POSIXError else { return oneLine(error) }
  return String(cString: strerror(cause.code.rawValue))
}

extension URL {
  /// Whether there is anything here. A path that ends in a slash would find directories only.
  fileprivate var isReachable: Bool {
    let path = path(percentEncoded: false)
    return FileManager.default.fileExists(
      atPath: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
  }

  /// The path as people would type it here: relative to the current directory where it lies inside.
  var shortPath: String {
    let path = standardizedFileURL.path(percentEncoded: false)
    let current = URL.currentDirectory().standardizedFileURL.path(percentEncoded: false)
    let relative = path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
    let trimmed =
      relative.count > 1 && relative.hasSuffix("/") ? relative.dropLast() : relative[...]
    return trimmed.isEmpty ? "." : String(trimmed)
  }
}
