import ChapterKit
import Datasets
import Files
import Foundation

/// Decoded pictures on disk, found again by the content of their files.
///
/// The pictures of one call of ``read(_:)`` form a pack of two files, which are written completely or not at
/// all:
///
///     pack-NUMBER.pixels   a line with the SHA-256 of the rest, and the pixels one picture after the other
///     pack-NUMBER.json     a line with the SHA-256 of the rest, and an ``Index`` as JSON
///
/// A file whose path, size and times of change are unchanged is not opened again; one that was moved or touched is
/// decoded again, but its pixels are stored once. Deleting the folder of the cache does no harm.
public final class PictureCache {
  private let decoder: PictureDecoder
  private let output: OutputDirectory
  /// The folders that did not exist before.
  private let createdFolders: [URL]
  /// The hashes of the files that were decoded.
  private var known: [FileKey: String] = [:]
  private var places: [String: Place] = [:]
  private var nextPack = 0
  /// The number of files so far that were not found in the cache.
  private var missCount = 0

  /// The height and width of the pictures, in pixels.
  public var size: Int { decoder.size }

  /// The outcome of reading a picture file.
  public struct Reading: Hashable, Sendable {
    /// The SHA-256 of the file's content; empty if the file could not be read.
    public let sha256: String
    /// The reason why the file cannot be used; nil for a picture.
    public let problem: String?

    package init(sha256: String, problem: String?) {
      (self.sha256, self.problem) = (sha256, problem)
    }
  }

  /// A file as it was when it was read.
  private struct FileKey: Codable, Hashable {
    var path: String
    var status: FileStatus
  }

  /// The pictures of a pack.
  private struct Index: Codable {
    var decoder: String
    var size: Int
    /// The files that were decoded, with the hashes of their contents.
    var files: [File]
    /// The hashes of the files whose pixels the pack contains, in their order.
    var pixels: [String]

    struct File: Codable {
      var key: FileKey
      var sha256: String
    }
  }

  /// The position of a picture's pixels.
  private struct Place {
    var pack: Int
    var index: Int
  }

  /// Opens a cache.
  ///
  /// - Parameters:
  ///   - folder: The folder of the cache; it is created if necessary.
  ///   - decoder: The decoder of new pictures; each size has packs of its own.
  ///   - note: Receives a line for each damaged pack, which is removed; its pictures are decoded again.
  /// - Throws: An error in one line if the folder cannot be read or written.
  public init(in folder: URL, decoder: PictureDecoder, note: (String) -> Void) throws {
    self.decoder = decoder
    output = OutputDirectory(folder.appending(path: "\(decoder.size)"))
    createdFolders = try output.prepare(subdirectories: [])
    for name in try output.names(in: ".") {
      guard let number = packNumber(name) else { continue }
      nextPack = max(nextPack, number + 1)
      guard let index = try index(ofPack: number) else {
        note(
          "\(output.file(name).shortPath): found a damaged file or one of another version; decoding its "
            + "pictures again")
        for path in [indexName(number), pixelsName(number)] { try? output.remove(path) }
        continue
      }
      add(index, ofPack: number)
    }
  }

  deinit { removeFoldersIfEmpty(createdFolders) }

  /// Adds the pictures of a stored pack to those that are found.
  private func add(_ index: Index, ofPack number: Int) {
    for file in index.files { known[file.key] = file.sha256 }
    for (place, hash) in index.pixels.enumerated() {
      places[hash] = Place(pack: number, index: place)
    }
  }

  /// Reads picture files: looks them up, or decodes them in parallel and stores their pixels.
  ///
  /// - Returns: The outcome for each file, in their order.
  /// - Throws: `FileError` if the cache cannot be written.
  public func read(_ files: [URL]) throws -> [Reading] {
    let keys = files.map { file in
      (try? fileStatus(at: file)).map {
        FileKey(path: file.standardizedFileURL.filePath, status: $0)
      }
    }
    var readings: [Reading?] = keys.map { key in
      key.flatMap { known[$0] }.flatMap { hash in
        places[hash] != nil ? Reading(sha256: hash, problem: nil) : nil
      }
    }
    let missing = files.indices.filter { readings[$0] == nil }
    guard !missing.isEmpty else { return readings.map { $0! } }
    missCount += missing.count
    var index = Index(
      decoder: PictureDecoder.version, size: decoder.size, files: [], pixels: [])
    var (new, pixels): (Set<String>, [UInt8]) = ([], [])
    for (position, decoded) in zip(missing, decoder.decode(missing.map { files[$0] })) {
      let reading = decoded.reading
      readings[position] = reading
      // What cannot be decoded is tried again in the next run: libvips may support its format then.
      guard let key = keys[position], case .success(let picture) = decoded.pixels else { continue }
      index.files.append(Index.File(key: key, sha256: reading.sha256))
      if places[reading.sha256] == nil, new.insert(reading.sha256).inserted {
        index.pixels.append(reading.sha256)
        pixels += picture
      }
    }
    try store(index, pixels)
    return readings.map { $0! }
  }

  /// Reads picture files as ``read(_:)`` does, and shows the progress of decoding.
  ///
  /// This is not a stage of the run, whose result would outlive the cache: each run looks the files up again, so that
  /// the cache may be deleted, and a file that could not be read before is tried again.
  ///
  /// Of several processes each reads the files itself. Rank 0 has the cache in OUT; the others have a temporary copy of
  /// OUT without the cache, and decode all pictures in each run.
  ///
  /// - Returns: The outcome for each file, in their order.
  /// - Throws: `FileError` if the cache cannot be written.
  public func read(_ files: [URL], in run: Run) throws -> [Reading] {
    var readings: [Reading] = []
    let steps = (files.count + partSize - 1) / partSize
    try run.showingProgress(of: "pictures", counting: .pictures(perStep: partSize)) { progress in
      for step in 0..<steps {
        let before = missCount
        let part = files[step * partSize..<min((step + 1) * partSize, files.count)]
        readings += try read(Array(part))
        if missCount > before { progress.update(step + 1, of: steps, []) }
      }
    }
    return readings
  }

  /// Returns the pixels of the pictures with the given hashes: (`hashes`.count, size, size, 3).
  ///
  /// Besides the result it has one pack in memory at a time.
  ///
  /// - Throws: An error in one line if a pack is damaged or missing.
  public func pixels(of hashes: [String]) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: hashes.count * decoder.byteCount)
    var wanted: [Int: [(row: Int, index: Int)]] = [:]
    for (row, hash) in hashes.enumerated() {
      guard let place = places[hash] else {
        throw PictureError(
          output.url.shortPath, found: "no picture with the hash \(hash)",
          expected: "each picture that was read; remove this folder and run the same command again")
      }
      wanted[place.pack, default: []].append((row, place.index))
    }
    for (pack, rows) in wanted.sorted(by: { $0.key < $1.key }) {
      let name = pixelsName(pack)
      guard let content = try output.content(of: name).flatMap(intactContent) else {
        throw PictureError(
          output.file(name).shortPath, found: "a damaged or missing file",
          expected: "decoded pictures; remove it and the .json file beside it, and run the same "
            + "command again")
      }
      try copy(rows, from: content, named: name, to: &result)
    }
    return result
  }

  private func copy(
    _ rows: [(row: Int, index: Int)], from content: Data, named name: String,
    to result: inout [UInt8]
  ) throws {
    let size = decoder.byteCount
    for (row, index) in rows {
      let start = content.startIndex + index * size
      guard start + size <= content.endIndex else {
        throw PictureError(
          output.file(name).shortPath, found: "\(content.count) bytes",
          expected: "at least \((index + 1) * size)")
      }
      result.replaceSubrange(row * size..<(row + 1) * size, with: content[start..<start + size])
    }
  }

  /// Writes a pack, and adds its pictures to those that are found; none are added if it cannot be written.
  private func store(_ index: Index, _ pixels: [UInt8]) throws {
    guard !index.files.isEmpty else { return }
    // The index comes last: a pack without one does not exist.
    try output.write(checksummed(Data(pixels)), to: pixelsName(nextPack))
    try output.write(checksummed(JSON.encode(index)), to: indexName(nextPack))
    add(index, ofPack: nextPack)
    nextPack += 1
  }

  private func index(ofPack number: Int) throws -> Index? {
    guard let content = try output.content(of: indexName(number)).flatMap(intactContent),
      let index = try? JSON.decode(Index.self, from: content),
      index.decoder == PictureDecoder.version, index.size == decoder.size,
      try fileStatus(at: output.file(pixelsName(number)))?.size
        == checksumLineLength + index.pixels.count * decoder.byteCount
    else { return nil }
    return index
  }
}

extension PictureDecoder.Decoded {
  /// The outcome without the pixels.
  fileprivate var reading: PictureCache.Reading {
    switch pixels {
    case .success: PictureCache.Reading(sha256: sha256, problem: nil)
    case .failure(let problem):
      PictureCache.Reading(sha256: sha256, problem: problem.description)
    }
  }
}

/// The number of pictures that are read together and form a pack.
private let partSize = 128

private func indexName(_ pack: Int) -> String { "pack-\(pack).json" }
private func pixelsName(_ pack: Int) -> String { "pack-\(pack).pixels" }

/// The largest number of a pack; files with larger numbers are not this cache's.
private let maximumPack = 1_000_000_000

/// The number of the pack whose index has this name; nil for another file.
private func packNumber(_ name: String) -> Int? {
  guard name.hasPrefix("pack-"), let number = Int(name.dropFirst(5).dropLast(5)),
    (0...maximumPack).contains(number), name == indexName(number)
  else { return nil }
  return number
}
