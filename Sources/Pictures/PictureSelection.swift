import Datasets
import Files
import Foundation

/// The pictures of a folder that a training run uses: readable, each content once, with test pictures set
/// apart.
public struct PictureSelection: Sendable {
  /// The names of the classes; a label is an index into this array.
  public let classes: [String]
  /// The training pictures with a class.
  public let training: [Chosen]
  /// The training pictures without a class.
  public let unlabelled: [Chosen]
  /// The test pictures.
  public let test: [Chosen]
  /// The files that were left out, with the reasons.
  public let findings: Findings

  /// A picture that is used.
  public struct Chosen: Sendable, Hashable {
    /// The path relative to the folder.
    public let path: String
    /// The SHA-256 of the file's content.
    public let sha256: String
    /// The index of the class; nil for an unlabelled picture.
    public let label: Int?
  }

  /// The files found in a folder, with the reasons why some are not used.
  public struct Findings: Sendable {
    /// The number of picture files.
    public var files = 0
    /// The files that cannot be used, with the reasons.
    public var unreadable: [Finding] = []
    /// The pictures that were left out because another file has the same content.
    public var duplicates: [Finding] = []
    /// Whether the test pictures were taken from the pictures with a class, for lack of a folder of their own.
    public var isTestHeldOut = false
    /// The classes with fewer than ``fewLabels`` training pictures.
    public var smallClasses: [String] = []

    /// A file and what was found about it.
    public struct Finding: Sendable {
      /// The path relative to the folder.
      public var path: String
      /// The reason why the file is left out.
      public var reason: String
    }
  }

  /// The number of pictures of a class below which the class is reported as small.
  public static let fewLabels = 10

  /// Chooses the pictures of a training run.
  ///
  /// A picture that is in the test part too is left out of the training; so is an unlabelled picture that is in a
  /// class too. Without a folder of test pictures, a fifth of the pictures of each class is held out: those with
  /// the smallest hashes, so that the choice stays the same when pictures are added.
  ///
  /// - Parameters:
  ///   - folder: The pictures.
  ///   - readings: The outcome of reading each of them.
  ///   - maximumUnreadable: The share of files that may be unreadable, from 0 to 1.
  /// - Throws: ``PictureError`` if more files are unreadable, if two classes contain the same picture, if a class has
  ///   too few pictures, or if no test picture can be used.
  public init(
    _ folder: PictureFolder, _ readings: [PictureCache.Reading], maximumUnreadable: Double
  ) throws {
    classes = folder.classes
    var findings = Findings()
    findings.files = readings.count
    let readable = try Self.readable(folder, readings, maximumUnreadable, &findings)
    let kept = try Self.withoutDuplicates(readable, of: folder, &findings)
    func chosen(_ part: PictureFolder.Part) -> [Chosen] {
      kept.filter { $0.part == part }.map(\.chosen)
    }
    var training = chosen(.training)
    var test = chosen(.test)
    if test.isEmpty {
      if let lost = folder.pictures.first(where: { $0.part == .test }) {
        throw PictureError(
          "\(folder.root.shortPath): test pictures",
          found: "none that can be used, such as \(lost.path)",
          expected: "at least one; without their folder a fifth of the others is held out")
      }
      findings.isTestHeldOut = true
      test = Self.heldOut(of: training)
      let isTest = Set(test)
      training.removeAll(where: isTest.contains)
    }
    for (label, name) in folder.classes.enumerated() {
      let count = training.count { $0.label == label }
      guard count > 0 else {
        let others = findings.isTestHeldOut ? ", of which one is held out as a test picture" : ""
        throw PictureError(
          "\(folder.root.shortPath): class \(name)",
          found:
            "\(kept.count { $0.chosen.label == label && $0.part == .training }) training pictures",
          expected: "at least \(findings.isTestHeldOut ? 2 : 1)\(others)")
      }
      if count < Self.fewLabels { findings.smallClasses.append(name) }
    }
    (self.training, self.test, self.unlabelled) = (training, test, chosen(.unlabelled))
    self.findings = findings
  }

  private typealias Candidate = (chosen: Chosen, part: PictureFolder.Part)

  private static func readable(
    _ folder: PictureFolder, _ readings: [PictureCache.Reading], _ maximum: Double,
    _ findings: inout Findings
  ) throws -> [Candidate] {
    var readable: [Candidate] = []
    for (picture, reading) in zip(folder.pictures, readings) {
      if let problem = reading.problem {
        findings.unreadable.append(.init(path: picture.path, reason: problem))
      } else {
        let chosen = Chosen(path: picture.path, sha256: reading.sha256, label: picture.label)
        readable.append((chosen, picture.part))
      }
    }
    let share = Double(findings.unreadable.count) / Double(max(readings.count, 1))
    if share > maximum, let first = findings.unreadable.first {
      throw PictureError(
        folder.root.shortPath,
        found:
          "\(findings.unreadable.count) of \(readings.count) files that are not pictures, such as "
          + "\(first.path): \(first.reason)",
        expected: "at most \(percentage(maximum)) (UNREADABLE=\(maximum)); repair or remove them")
    }
    return readable
  }

  /// The candidates without duplicates: of files with the same content one is kept.
  ///
  /// - Throws: ``PictureError`` if they are in the folders of two classes.
  private static func withoutDuplicates(
    _ candidates: [Candidate], of folder: PictureFolder, _ findings: inout Findings
  ) throws -> [Candidate] {
    // A test picture is kept before a labelled one, and that before an unlabelled one.
    let order: [PictureFolder.Part] = [.test, .training, .unlabelled]
    var first: [String: Candidate] = [:]
    for part in order {
      for candidate in candidates where candidate.part == part {
        guard let other = first[candidate.chosen.sha256] else {
          first[candidate.chosen.sha256] = candidate
          continue
        }
        if let label = candidate.chosen.label, let otherLabel = other.chosen.label,
          label != otherLabel
        {
          throw PictureError(
            folder.root.appending(path: other.chosen.path).shortPath,
            found: "the same picture in the class \(folder.classes[otherLabel]) as in "
              + "\(folder.classes[label]) (\(candidate.chosen.path))",
            expected: "each picture in one class; remove it from the wrong one")
        }
        let place = other.part == part ? "" : " (\(other.part.rawValue))"
        findings.duplicates.append(
          .init(path: candidate.chosen.path, reason: "the same as \(other.chosen.path)\(place)"))
      }
    }
    return candidates.filter { first[$0.chosen.sha256]!.chosen == $0.chosen }
  }

  /// A fifth of the pictures of each class, at least one.
  private static func heldOut(of pictures: [Chosen]) -> [Chosen] {
    Dictionary(grouping: pictures, by: \.label).sorted { $0.key! < $1.key! }.flatMap { _, members in
      members.sorted { $0.sha256 < $1.sha256 }.prefix(max(1, members.count / 5))
    }
  }
}

extension PictureSelection {
  /// The data set of the chosen pictures, decoded.
  ///
  /// The training pictures with a class come first; the labels of the others are 0 and mean nothing.
  ///
  /// - Parameters:
  ///   - name: The name of the data set.
  ///   - cache: The cache that has read the pictures.
  ///   - isSynthetic: Whether the pictures were drawn by code.
  /// - Throws: An error in one line if the cache is damaged.
  public func dataset(
    named name: String, from cache: PictureCache, isSynthetic: Bool = false
  ) throws -> ImageDataset {
    let size = cache.size
    func images(_ pictures: [Chosen]) throws -> LabelledImages {
      LabelledImages(
        height: size, width: size, channels: 3,
        pixels: try cache.pixels(of: pictures.map(\.sha256)),
        labels: pictures.map { UInt8($0.label ?? 0) })
    }
    return ImageDataset(
      name: name, classNames: classes, train: try images(training + unlabelled),
      test: try images(test), knownLabels: training.count, isSynthetic: isSynthetic)
  }

  /// Lines for the user about what was found in `folder`, what was left out, and classes with few pictures.
  public func report(on folder: PictureFolder) -> [String] {
    let place = folder.root.shortPath
    var lines = [
      "\(place): layout \(folder.layout.rawValue): \(classes.count) classes (\(listed(classes))), \(training.count) "
        + "pictures with a class, \(unlabelled.count) without, \(test.count) for the test"
    ]
    lines += leftOut(
      findings.unreadable, "\(place): files that are not pictures, and are left out")
    lines += leftOut(
      findings.duplicates, "\(place): pictures with the content of another one, which are left out")
    lines += (folder.unusedContent + warnings).map { "\(place): \($0)" }
    return lines
  }

  /// A line with the number of files that are left out for the same reason, and one for each of the first five.
  private func leftOut(_ files: [Findings.Finding], _ text: String) -> [String] {
    guard !files.isEmpty else { return [] }
    var lines = ["\(text): \(files.count)"]
    lines += files.prefix(5).map { "  \($0.path): \($0.reason)" }
    if files.count > 5 { lines.append("  and \(files.count - 5) more") }
    return lines
  }

  /// Sentences about held-out test pictures, and about classes with few training pictures or without a test picture.
  private var warnings: [String] {
    let tested = Set(test.map(\.label))
    let untested = classes.indices.filter { !tested.contains($0) }.map { classes[$0] }
    var warnings: [String] = []
    if findings.isTestHeldOut {
      warnings.append(
        "found no test pictures; \(test.count) of the pictures with a class are held out for the "
          + "test")
    }
    if !findings.smallClasses.isEmpty {
      warnings.append(
        "fewer than \(Self.fewLabels) training pictures in \(listed(findings.smallClasses)); "
          + "more of them would help most")
    }
    if !untested.isEmpty {
      warnings.append(
        "no test picture of \(listed(untested)); the test accuracy is that of the other classes")
    }
    return warnings
  }
}

extension PictureFolder {
  /// Sentences about the content of the folder that is not used.
  fileprivate var unusedContent: [String] {
    var sentences: [String] = []
    if strayPictures > 0 {
      sentences.append(
        "pictures beside the folders of the classes, which are not used: \(strayPictures)")
    }
    if !unusedFolders.isEmpty {
      sentences.append(
        "folders beside those of the layout, which are not used: \(listed(unusedFolders))")
    }
    if otherFiles > 0 {
      sentences.append("files that are not pictures by their names: \(otherFiles)")
    }
    return sentences
  }
}

/// The first ten of some names, and the number of the others.
private func listed(_ names: [String]) -> String {
  names.prefix(10).joined(separator: ", ")
    + (names.count > 10 ? " and \(names.count - 10) more" : "")
}

/// A share as a percentage, such as "5 %".
private func percentage(_ share: Double) -> String { String(format: "%g %%", 100 * share) }
