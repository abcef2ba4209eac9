import ChapterKit
import Files
import Foundation

/// The picture files in a folder of a user, by class and by their part in a training run.
///
/// Three layouts are recognised:
///
///     labelled/CLASS/…, unlabelled/…, and optionally test/CLASS/…
///     train/CLASS/…, and optionally test/CLASS/… or val/CLASS/… (torchvision's ImageFolder)
///     CLASS/…
///
/// Folders are searched with all their subfolders. Names that begin with a full stop are ignored, and so are
/// files without an extension of pictures. Folders beside those of the first two layouts are not used, and listed in
/// ``unusedFolders``. A folder at the root whose name is nearly that of a part, such as `Test` or `labeled`, is an error.
public struct PictureFolder: Sendable {
  /// The folder.
  public let root: URL
  /// The layout that was found.
  public let layout: Layout
  /// The names of the classes, sorted; a label is an index into this array.
  public let classes: [String]
  /// The pictures, those of a part next to each other, each part sorted by class and path.
  public private(set) var pictures: [Picture]
  /// The number of files that are not pictures by their names.
  public let otherFiles: Int
  /// The number of pictures beside the folders of the classes, which are not used.
  public let strayPictures: Int
  /// The folders beside those of the layout, which are not used, such as `val` beside `test`; sorted.
  public let unusedFolders: [String]

  /// The arrangement of the folder.
  public enum Layout: String, CaseIterable, Sendable {
    /// Some pictures are sorted into classes, the others are not.
    case labelledAndUnlabelled = "labelled and unlabelled"
    /// All pictures are sorted into classes, apart in training and test pictures.
    case trainingAndTest = "training and test"
    /// All pictures are sorted into classes.
    case classes

    /// The names of the folders, from the root: of the classes (empty: the root itself), of the pictures without a
    /// class, and of the test pictures, of which the first that exists is used.
    fileprivate var folders: (training: String, unlabelled: String?, tests: [String]) {
      switch self {
      case .labelledAndUnlabelled: ("labelled", "unlabelled", ["test"])
      case .trainingAndTest: ("train", nil, ["test", "val"])
      case .classes: ("", nil, [])
      }
    }
  }

  /// The use of a picture.
  public enum Part: String, Sendable {
    /// A training picture with a class.
    case training
    /// A training picture without a class.
    case unlabelled
    /// A test picture.
    case test
  }

  /// A picture file.
  public struct Picture: Hashable, Sendable {
    /// The path relative to the folder.
    public let path: String
    /// The use.
    public let part: Part
    /// The index of the class; nil for an unlabelled picture.
    public let label: Int?
  }

  /// Lists the pictures in `root`.
  ///
  /// - Parameters:
  ///   - root: The folder.
  ///   - output: The folder to which results will be written. It must not lie where pictures are searched, because a
  ///     later run would take results for pictures.
  /// - Throws: ``PictureError`` if there is no class or only one, if a class has no picture, if its name cannot be
  ///   shown or is that of another part of the pictures, if test pictures have other classes, or if `output` lies among
  ///   the pictures; `FileError` if a folder cannot be listed.
  public init(_ root: URL, output: URL? = nil) throws {
    self.root = root
    var listing = Listing(root: root)
    let (folders, files) = try listing.foldersAndFiles(in: "")
    func has(_ name: String) -> Bool { folders.contains(name) }
    let layout: Layout =
      has("labelled") ? .labelledAndUnlabelled : has("train") ? .trainingAndTest : .classes
    try Self.checkSpelling(of: folders, layout, in: root)
    let (training, unlabelled, tests) = layout.folders
    var used = Set([training, unlabelled].compactMap(\.self))
    if let output {
      for part in used.union(tests).sorted() {
        try checkFolder(output, isOutsideOf: root.appending(path: part))
      }
    }
    let classes = try listing.classes(in: training)
    if layout == .classes, let part = classes.first(where: { Self.isPart($0) }) {
      throw PictureError(
        root.appending(path: part).shortPath, found: "this folder beside folders of classes",
        expected: "labelled/CLASS beside unlabelled and test, or train/CLASS beside test or val")
    }
    pictures = try listing.pictures(of: classes, in: training, .training)
    if let unlabelled {
      pictures += try listing.unlabelled(in: unlabelled).map {
        Picture(path: $0, part: .unlabelled, label: nil)
      }
    }
    if let test = tests.first(where: has) {
      let names = try listing.classes(in: test, atLeast: 1)
      if let unknown = names.first(where: { !classes.contains($0) }) {
        throw PictureError(
          root.appending(path: test).appending(path: unknown).shortPath,
          found: "a class without training pictures",
          expected: "one of \(classes.prefix(10).joined(separator: ", "))")
      }
      pictures += try listing.pictures(of: classes, in: test, .test, folders: names)
      used.insert(test)
    }
    if layout != .classes { listing.count(unused: files) }
    (self.layout, self.classes) = (layout, classes)
    otherFiles = listing.otherFiles
    strayPictures = listing.strayPictures
    unusedFolders = layout == .classes ? [] : folders.filter { !used.contains($0) }
  }

  /// Throws an error if a folder at the root has the name of a part of the layout in other spelling, such as `Test` or
  /// `labeled`: its pictures would be taken for those of a class, or not be used.
  private static func checkSpelling(of folders: [String], _ layout: Layout, in root: URL) throws {
    for name in folders where !isPart(name) {
      let usual = name.lowercased().replacing("labeled", with: "labelled")
      if isPart(usual, of: layout == .classes ? Layout.allCases : [layout]) {
        throw PictureError(
          root.appending(path: name).shortPath, found: "this name",
          expected: "the name \(usual), or an unlike one for a class")
      }
    }
  }

  /// Whether a folder has the name of a part in some of the layouts: at the root it cannot be the folder of a class.
  private static func isPart(_ name: String, of layouts: [Layout] = Layout.allCases) -> Bool {
    layouts.map(\.folders).contains { folders in
      folders.training == name || folders.unlabelled == name || folders.tests.contains(name)
    }
  }

  /// The URL of a picture.
  public func url(of picture: Picture) -> URL { root.appending(path: picture.path) }

  /// The origin of pictures that a program wrote, from the file pictures.json in the folder; nil without it.
  ///
  /// - Throws: ``PictureError`` if the file has another content; `FileError` if it cannot be read.
  public func origin() throws -> Origin? {
    let file = root.appending(path: Origin.fileName)
    guard let content = try readFileIfPresent(at: file) else { return nil }
    guard let origin = try? JSON.decode(Origin.self, from: content) else {
      throw PictureError(
        file.shortPath, found: "other content",
        expected:
          "an object with name and isSynthetic, as write-pictures writes it; or no such file")
    }
    guard (1...200).contains(origin.name.count), !origin.name.contains(where: \.isNewline) else {
      throw PictureError(
        file.shortPath, found: "a name of \(origin.name.count) characters",
        expected: "a name of 1 to 200 characters on one line")
    }
    return origin
  }

  /// The data set that pictures were written from.
  public struct Origin: Codable, Sendable, Equatable {
    /// The name in figures and records, such as "CIFAR-10 written out as JPEG".
    public var name: String
    /// Whether the images were drawn by code.
    public var isSynthetic: Bool

    /// The name of the file in the folder of the pictures.
    public static let fileName = "pictures.json"

    /// An origin.
    public init(name: String, isSynthetic: Bool) {
      (self.name, self.isSynthetic) = (name, isSynthetic)
    }
  }
}

/// Returns whether a file is a picture by its name.
public func hasPictureExtension(_ name: String) -> Bool {
  guard let dot = name.lastIndex(of: ".") else { return false }
  return pictureExtensions.contains(name[name.index(after: dot)...].lowercased())
}

/// Returns the paths of the pictures in `folder` and its subfolders, relative to `folder` and sorted.
///
/// - Throws: `FileError` if a folder cannot be listed.
public func pictureFiles(in folder: URL) throws -> [String] {
  var listing = Listing(root: folder)
  return try listing.files(in: "")
}

private let pictureExtensions = [
  "jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "gif", "tif", "tiff",
]
private let extensionsText = pictureExtensions.map { "." + $0 }.joined(separator: ", ")

/// A search of folders for pictures, with counts of what is not used.
private struct Listing {
  let root: URL
  var otherFiles = 0
  var strayPictures = 0

  init(root: URL) { self.root = root }

  private func url(_ path: String) -> URL { path.isEmpty ? root : root.appending(path: path) }

  private func visibleNames(in path: String) throws -> [String] {
    try listFolder(at: url(path)).filter {
      !$0.hasPrefix(".") && $0 != PictureFolder.Origin.fileName
    }
  }

  /// The names of the visible folders and of the visible files in `path`, both sorted.
  func foldersAndFiles(in path: String) throws -> (folders: [String], files: [String]) {
    var (folders, files): ([String], [String]) = ([], [])
    for name in try visibleNames(in: path) {
      if try isFolder(at: url(joined(path, name))) {
        folders.append(name)
      } else {
        files.append(name)
      }
    }
    return (folders, files)
  }

  /// Counts files beside the folders of a layout, pictures and others.
  mutating func count(unused files: [String]) {
    strayPictures += files.count(where: hasPictureExtension)
    otherFiles += files.count { !hasPictureExtension($0) }
  }

  /// The names of the folders of classes in `path`, sorted.
  mutating func classes(in path: String, atLeast minimum: Int = 2) throws -> [String] {
    let (names, files) = try foldersAndFiles(in: path)
    count(unused: files)
    let place = url(path).shortPath
    guard names.count >= minimum else {
      throw PictureError(
        place, found: names.isEmpty ? "no folder of a class" : "only the class \(names[0])",
        expected: minimum == 1
          ? "a folder with pictures for at least one class"
          : "a folder with pictures for each of at least \(minimum) classes")
    }
    guard names.count <= 256 else {
      throw PictureError(place, found: "\(names.count) folders", expected: "at most 256 classes")
    }
    // Swift compares them as Unicode does; a file system may keep a composed and a decomposed form of one name.
    if let (name, _) = zip(names, names.dropFirst()).first(where: ==) {
      throw PictureError(
        place,
        found: "two folders of the class \(name), whose names differ in their Unicode form only",
        expected: "different names")
    }
    if let odd = names.first(where: { $0.contains { $0.isNewline || "\t\"".contains($0) } }) {
      throw PictureError(
        place, found: "the class \(odd.debugDescription)",
        expected: "a name without tabs, line breaks and quotation marks")
    }
    return names
  }

  /// The pictures in the folders of the classes in `path`; each folder has at least one.
  ///
  /// - Parameters:
  ///   - classes: The names of the classes.
  ///   - path: The folder with the folders of the classes.
  ///   - part: The use of the pictures.
  ///   - folders: The names of the folders, if some classes have none, or if a folder has another Unicode form of the
  ///     name of its class, as copies from macOS may have; by default those of the classes.
  mutating func pictures(
    of classes: [String], in path: String, _ part: PictureFolder.Part, folders: [String]? = nil
  ) throws -> [PictureFolder.Picture] {
    try classes.enumerated().flatMap { label, name -> [PictureFolder.Picture] in
      guard let name = (folders ?? classes).first(where: { $0 == name }) else { return [] }
      let found = try files(in: joined(path, name))
      guard !found.isEmpty else {
        throw PictureError(
          url(joined(path, name)).shortPath, found: "no picture",
          expected: "files that end in \(extensionsText), or no such folder")
      }
      return found.map { PictureFolder.Picture(path: $0, part: part, label: label) }
    }
  }

  /// The paths of the pictures without a class; at least one.
  mutating func unlabelled(in path: String) throws -> [String] {
    guard try isFolder(at: url(path)) else {
      throw PictureError(
        url(path).shortPath, found: "no such folder beside labelled",
        expected:
          "pictures without a class; to have MixMatch ignore the classes of some pictures instead, "
          + "put the folders of the classes into \(root.shortPath) and give LABELS")
    }
    let found = try files(in: path)
    guard !found.isEmpty else {
      throw PictureError(
        url(path).shortPath, found: "no picture", expected: "files that end in \(extensionsText)")
    }
    return found
  }

  /// The paths of all pictures in `path` and its subfolders, relative to the root and sorted.
  mutating func files(in path: String) throws -> [String] {
    var visited: Set<FileIdentity> = []
    return try files(in: path, &visited)
  }

  private mutating func files(
    in path: String, _ visited: inout Set<FileIdentity>
  ) throws -> [String] {
    // A symbolic link may lead back to a folder that contains it.
    guard let folder = try FileIdentity(of: url(path)), visited.insert(folder).inserted else {
      return []
    }
    var found: [String] = []
    for name in try visibleNames(in: path) {
      let item = joined(path, name)
      if hasPictureExtension(name), !url(item).isExistingDirectory {
        // A picture, or a link to one, that cannot be read is reported when it is decoded.
        found.append(item)
      } else if try isFolder(at: url(item)) {
        found += try files(in: item, &visited)
      } else {
        otherFiles += 1
      }
    }
    return found
  }
}

private func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : "\(path)/\(name)"
}

/// Checks that a folder for results does not lie in a folder of pictures.
private func checkFolder(_ output: URL, isOutsideOf pictures: URL) throws {
  let place = output.resolvingSymlinksInPath().pathComponents
  guard !place.starts(with: pictures.resolvingSymlinksInPath().pathComponents) else {
    throw PictureError(
      output.shortPath, found: "a folder for results in \(pictures.shortPath)",
      expected: "one outside of it, because a later run would take results for pictures")
  }
}
