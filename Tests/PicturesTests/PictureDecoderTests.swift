import Files
import Foundation
import Testing

import Pictures

/// All tests of pictures, one after the other: the messages of libvips belong to all threads together.
@Suite(.serialized) struct PictureTests {}

extension PictureTests {
  /// Decoding, compared with Pillow (Fixtures/make-pictures.py).
  @Suite struct PictureDecoderTests {
    /// The pixels that Pillow decodes.
    struct Expected: Decodable {
      var size: Int
      /// Every fourth pixel of every fourth row, from the third on.
      var samples: [UInt8]
    }

    /// The expectations by file; empty, which a test finds, if they cannot be read.
    static let expected: [String: Expected] = {
      guard let content = try? Data(contentsOf: fixture("expected.json")) else { return [:] }
      return (try? JSONDecoder().decode([String: Expected].self, from: content)) ?? [:]
    }()

    @Test func hasAnExpectationOfEachPicture() { #expect(Self.expected.count == 28) }

    /// The largest difference from Pillow's pixels, by file. Resampling filters differ at the edges of the
    /// crop, and Pillow converts CMYK without a profile.
    static func tolerance(_ name: String) -> Int {
      switch name {
      case "cmyk.jpg": 70
      case "tall.png": 16
      case "small.png", "large.jpg": 8
      default: 2
      }
    }

    @Test(arguments: expected.keys.sorted()) func decodesAsPillowDoes(_ name: String) throws {
      let expected = try #require(Self.expected[name])
      let pixels = try decode(name, size: expected.size)
      #expect(pixels.count == expected.size * expected.size * 3)
      let rows = stride(from: 2, to: expected.size, by: 4)
      let samples = rows.flatMap { row in
        rows.flatMap { column in (0..<3).map { pixels[(row * expected.size + column) * 3 + $0] } }
      }
      let largest = zip(samples, expected.samples).map { abs(Int($0) - Int($1)) }.max()
      #expect(samples.count == expected.samples.count)
      #expect(try #require(largest) <= Self.tolerance(name))
    }

    @Test func keepsThePixelsOfALosslessPictureOfTheSameSize() throws {
      let pixels = try decode("quadrants.png", size: 48)
      #expect(Array(pixels[0..<3]) == [200, 30, 40])
      #expect(Array(pixels[47 * 3..<48 * 3]) == [30, 180, 60])
      #expect(Array(pixels[(47 * 48) * 3..<(47 * 48) * 3 + 3]) == [40, 60, 190])
    }

    /// Software that converts a picture to grey may leave the profile for RGB in it.
    @Test func ignoresAProfileThatDoesNotFit() throws {
      let grey = try Data(contentsOf: fixture("grey.jpg"))
      let rgb = try Data(contentsOf: fixture("p3.icc"))
      for profile in [rgb, Data("no profile".utf8)] {
        // The profile is the content of a segment APP2 behind the marker at the beginning.
        let segment = Data("ICC_PROFILE\0\u{1}\u{1}".utf8) + profile
        let length = segment.count + 2
        let file =
          grey.prefix(2) + [0xff, 0xe2, UInt8(length >> 8), UInt8(length & 0xff)] + segment
          + grey.dropFirst(2)
        let decoder = try PictureDecoder(size: 48)
        #expect(try decoder.decode(file) == decoder.decode(grey))
      }
    }

    @Test func decodesUnsignedIntegersOnly() throws {
      let decoder = try PictureDecoder(size: 4)
      let grey = [UInt8](repeating: 64, count: 4 * 4 * 3)
      for bits in [8, 16] {
        #expect(try decoder.decode(tiff(bits: bits, sampleFormat: 1)) == grey)
      }
      for (bits, sampleFormat) in [(8, 2), (16, 2), (32, 1), (32, 2), (32, 3)] {
        let error = #expect(throws: UnreadablePicture.self) {
          try decoder.decode(tiff(bits: bits, sampleFormat: sampleFormat))
        }
        #expect(error?.description == "channels that are not unsigned integers of 8 or 16 bits")
      }
    }

    /// libvips does not convert the colours of such a file.
    @Test func refusesTIFFInYCbCrUnlessCompressedAsJPEG() throws {
      let (yCbCr, jpeg) = (6, 7)
      let decoder = try PictureDecoder(size: 4)
      func reason(compression: Int) -> String? {
        let file = tiff(bits: 8, sampleFormat: 1, photometric: yCbCr, compression: compression)
        do {
          _ = try decoder.decode(file)
          return nil
        } catch {
          return error.description
        }
      }
      #expect(
        reason(compression: 1)
          == "a TIFF file in YCbCr without JPEG compression, whose colours libvips does not convert"
      )
      // The pixels of this one are no JPEG.
      #expect(reason(compression: jpeg)?.hasPrefix("a TIFF file in YCbCr") == false)
      // The directory of a truncated file ends before or behind the entry that says YCbCr.
      let file = tiff(bits: 8, sampleFormat: 1, photometric: yCbCr)
      let findings = (0...file.count).map { count in
        unsafe file.prefix(count).withUnsafeBytes { unsafe isYCbCrWithoutJPEG(tiff: $0) }
      }
      let entryEnd = 8 + 16 + 2 + 5 * 12
      #expect(findings == (0...file.count).map { $0 >= entryEnd })
    }

    /// libvips resamples all of a picture before it cuts off its ends.
    @Test func refusesThinPictures() throws {
      let decoder = try PictureDecoder(size: 8)
      func decode(height: Int, width: Int) throws -> [UInt8] {
        let pixels = [UInt8](repeating: 90, count: height * width)
        return try decoder.decode(
          encodePicture(pixels, height: height, width: width, channels: 1, as: .png))
      }
      #expect(try decode(height: 1, width: 1000).count == 8 * 8 * 3)
      for (height, width) in [(1, 1001), (1001, 1)] {
        let error = #expect(throws: UnreadablePicture.self) {
          try decode(height: height, width: width)
        }
        #expect(
          error?.description
            == "\(width)×\(height) pixels, one side more than 1000 times as long as the other")
      }
    }

    @Test(arguments: 2...8) func turnsPicturesUpright(_ orientation: Int) throws {
      let turned = try decode("orientation-\(orientation).jpg", size: 48)
      let upright = try decode("quadrants.jpg", size: 48)
      #expect(zip(turned, upright).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    }

    /// A file and the reason why it is not a picture.
    static let faults: [(name: String, content: @Sendable () throws -> Data, reason: String)] = [
      ("truncated JPEG", { try Data(contentsOf: fixture("truncated.jpg")) }, "Premature end"),
      ("truncated PNG", { try Data(contentsOf: fixture("truncated.png")) }, "read error"),
      ("empty", { Data() }, "an empty file"),
      ("text", { Data("a text that is not a picture".utf8) }, "no picture of a known format"),
      ("web page", { Data(" <!DOCTYPE html>".utf8) }, "looks like a web page"),
      (
        "SVG", { Data("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".utf8) },
        "web page"
      ),
      (
        "PDF", { Data("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj".utf8) },
        "no picture of a known format"
      ),
      ("header of a huge PNG", { pngHeader(width: 60_000, height: 60_000) }, "more than the limit"),
    ]

    @Test(arguments: faults.indices) func explainsWhyAFileIsNoPicture(_ index: Int) throws {
      let fault = Self.faults[index]
      let content = try fault.content()
      let error = #expect(throws: UnreadablePicture.self, "\(fault.name)") {
        try PictureDecoder(size: 32).decode(content)
      }
      #expect(error?.description.contains(fault.reason) == true, "\(fault.name): \(error!)")
      #expect(error?.description.contains("\n") == false)
    }

    /// A pipe gives its bytes once, so that the reason is not looked for in those of a second time.
    @Test func explainsWhyTheContentOfAPipeIsNoPicture() async {
      await #expect(processExitsWith: .exitCode(7)) {
        var ends: [Int32] = [0, 0]
        let content = Array("a text that is not a picture".utf8)
        guard pipe(&ends) == 0, write(ends[1], content, content.count) == content.count,
          close(ends[1]) == 0, dup2(ends[0], STDIN_FILENO) == STDIN_FILENO
        else { exit(1) }
        let decoded = try PictureDecoder(size: 32).decode([URL(filePath: "/dev/stdin")])
        guard case .failure(let problem) = decoded[0].pixels else { exit(2) }
        exit(problem.description == "no picture of a known format" ? 7 : 3)
      }
    }

    @Test func readsFilesInOrderAndExplainsEachFailure() throws {
      let names = ["quadrants.png", "truncated.jpg", "grey.jpg", "none.jpg", "truncated.png"]
      let folder = try Folder()
      let pipe = folder.url.appending(path: "pipe.jpg")
      unsafe #expect(mkfifo(pipe.filePath, 0o666) == 0)
      let decoded = try PictureDecoder(size: 32).decode(names.map(fixture) + [pipe])
      let problems = decoded.map { picture in
        if case .failure(let problem) = picture.pixels { problem.description } else { "" }
      }
      #expect(problems[0].isEmpty && problems[2].isEmpty)
      #expect(problems[1].contains("Premature end"))
      #expect(problems[3].contains("No such file"))
      #expect(problems[4].contains("read error"))
      #expect(problems[5] == "a file that cannot be read (found a pipe, expected a file)")
      #expect(decoded[0].sha256.count == 64 && decoded[3].sha256.isEmpty)
    }

    @Test(arguments: PictureFormat.allCases) func readsWhatItWrites(_ format: PictureFormat) throws
    {
      let pixels = (0..<3072).map { (offset: Int) -> UInt8 in
        UInt8((offset / 96 * 5 + offset % 96) % 200)
      }
      let file = try encodePicture(pixels, height: 32, width: 32, channels: 3, as: format)
      let read = try PictureDecoder(size: 32).decode(file)
      if format == .png { #expect(read == pixels) }
      let grey = try encodePicture(
        Array(pixels.prefix(1024)), height: 32, width: 32, channels: 1, as: format)
      #expect(try PictureDecoder(size: 32).decode(grey).count == 32 * 32 * 3)
    }

    /// Damaged files must give a picture or an error. scripts/mutate-pictures runs more of them.
    @Test func survivesMutations() throws {
      for name in Self.expected.keys.sorted() where name != "large.jpg" {
        let whole = try [UInt8](Data(contentsOf: fixture(name)))
        for seed in 0..<mutationCount {
          let mutated = Data(mutation(of: whole, seed: UInt64(seed)))
          _ = try? PictureDecoder(size: 32).decode(mutated)
        }
      }
    }
  }
}

/// The number of mutations of each file; the variable is set by scripts/mutate-pictures.
private let mutationCount =
  ProcessInfo.processInfo.environment["MUTATIONS"].flatMap { Int($0) } ?? 4

/// Returns `bytes` with some bytes changed, removed or repeated; the same for the same seed.
func mutation(of bytes: [UInt8], seed: UInt64) -> [UInt8] {
  // SplitMix64 (Steele et al. 2014).
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bytes.count)
  func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(max(bound, 1)))
  }
  var bytes = bytes
  for _ in 0...next(6) where !bytes.isEmpty {
    // Headers, where most of the format is decided, are changed as often as the rest.
    let place = next(2) == 0 ? next(min(64, bytes.count)) : next(bytes.count)
    switch next(4) {
    case 0: bytes[place] ^= UInt8(1 << next(8))
    case 1: bytes[place] = [0, 1, 127, 128, 254, 255][next(6)]
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + next(40)))
    default:
      bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + next(40))], at: place)
    }
  }
  return bytes
}

/// The URL of a file in Fixtures.
func fixture(_ name: String) -> URL {
  Bundle.module.resourceURL!.appending(path: "Fixtures").appending(path: name)
}

private func decode(_ name: String, size: Int) throws -> [UInt8] {
  try PictureDecoder(size: size).decode(Data(contentsOf: fixture(name)))
}

/// A grey TIFF of 4×4 pixels, all bytes of which are 64.
///
/// - Parameters:
///   - bits: The number of bits of a pixel.
///   - sampleFormat: 1 for unsigned integers, 2 for signed ones, 3 for floating-point numbers.
///   - photometric: 1 for grey with 0 as black, 6 for YCbCr.
///   - compression: 1 for none, 7 for JPEG.
private func tiff(bits: Int, sampleFormat: Int, photometric: Int = 1, compression: Int = 1) -> Data
{
  let size = 16 * bits / 8
  // Width, height, bits, compression, photometric interpretation, offset, channels, rows of the strip, bytes of the
  // strip, format.
  let fields = [
    (256, 4), (257, 4), (258, bits), (259, compression), (262, photometric), (273, 8), (277, 1),
    (278, 4), (279, size),
    (339, sampleFormat),
  ]
  func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  // The directory, behind the pixels, has entries of a 32-bit integer each (type 4).
  let directory = fields.flatMap { bytes($0, 2) + bytes(4, 2) + bytes(1, 4) + bytes($1, 4) }
  return Data(
    Array("II".utf8) + bytes(42, 2) + bytes(8 + size, 4) + [UInt8](repeating: 64, count: size)
      + bytes(fields.count, 2) + directory + bytes(0, 4))
}

/// A PNG without pixels whose header states a size.
private func pngHeader(width: UInt32, height: UInt32) -> Data {
  func bytes(_ word: UInt32) -> [UInt8] {
    unsafe withUnsafeBytes(of: word.bigEndian) { unsafe Array($0) }
  }
  func crc(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
  func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bytes(UInt32(content.count)) + body + bytes(crc(body))
  }
  var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  let header: [UInt8] = bytes(width) + bytes(height) + [8, 2, 0, 0, 0]
  file += chunk("IHDR", header)
  file += chunk("IDAT", [0x78, 0x9C, 3, 0, 0, 0, 0, 1])
  file += chunk("IEND", [])
  return Data(file)
}
