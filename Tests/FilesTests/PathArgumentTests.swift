import Files
import Foundation
import Testing

@Suite struct PathArgumentTests {
  /// The shell has replaced the tildes that stand for home folders.
  @Test func aTildeIsAPartOfAName() {
    let current = URL.currentDirectory().filePath
    for name in ["~", "~root", "~root/a", "a/~root"] {
      #expect(URL(argument: name).filePath == current + name)
    }
    let folder = URL(argument: "~root", directoryHint: .isDirectory)
    #expect(folder.filePath == current + "~root/")
    #expect(folder.appending(path: "a").filePath == current + "~root/a")
    #expect(URL(argument: folder.relativePath).filePath == current + "~root")
  }

  /// The system takes `link/..` for the parent of the folder that the link names.
  @Test func twoFullStopsLeadToTheSameFolderAsForTheSystem() throws {
    let folder = try Folder()
    try makeFolder(at: folder["target/deep"])
    unsafe symlink("target/deep", folder["link"].filePath)
    try writeFile(Data([1]), to: folder["target/a"])
    let start = folder.url.filePath
    let root = URL(argument: start + "/target/..").filePath
    for (path, expected) in [
      ("link/../a", "target/a"), ("link/../../target/a", "target/a"), ("link/..", "target/"),
      ("link/../new/b/", "target/new/b/"), ("new/../link/../a", "target/a"), ("new/../a", "a"),
    ] {
      #expect(URL(argument: start + "/" + path).filePath == root + expected, "\(path)")
    }
    #expect(try readFile(at: URL(argument: start + "/link/../a")) == Data([1]))
    #expect(URL(argument: "/no such folder/../..").filePath == "/")
  }

  @Test func otherPathsStay() {
    for path in ["a", "a/b", "./a", "../a", "../../a/b", "."] {
      #expect(URL(argument: path).relativePath == path)
    }
    #expect(URL(argument: "/a/link/b").filePath == "/a/link/b")
  }
}
