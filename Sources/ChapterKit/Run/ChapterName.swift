import Files
import Foundation

/// The name of a chapter: a number, or a word for an appendix.
public enum ChapterName: Hashable, Sendable {
  /// A chapter of the article.
  case number(Int)
  /// An appendix, which has no counterpart in the article.
  case appendix(String)

  /// The chapter with the program `program`.
  package init(program: String) {
    let number = program.hasPrefix("chapter") ? Int(program.dropFirst("chapter".count)) : nil
    self = number.map { .number($0) } ?? .appendix(program)
  }

  /// The chapter in `folder` of chapters/: chapter 3 in "3-sharpening", the appendix mixing in "mixing-further".
  package init(folder: String) {
    let firstPart = String(folder.prefix { $0 != "-" })
    self = Int(firstPart).map { .number($0) } ?? .appendix(firstPart)
  }

  /// The name of the program and of the target in the Makefile: "chapter3", "ablations".
  public var program: String {
    switch self {
    case .number(let number): "chapter\(number)"
    case .appendix(let name): name
    }
  }

  /// The name in running text: "chapter 3", "ablations".
  package var displayName: String {
    switch self {
    case .number(let number): "chapter \(number)"
    case .appendix(let name): name
    }
  }

  /// The folder of the chapter's code, "chapters/3-sharpening" or "chapters/ablations", in the package at `root`; nil
  /// if there is none.
  func folder(in root: URL) throws -> String? {
    guard root.appending(path: "chapters").isExistingDirectory else { return nil }
    let name = try listFolder(at: root.appending(path: "chapters"))
      .first { ChapterName(folder: $0) == self }
    return name.map { "chapters/\($0)" }
  }

  /// The heading with `title`: "Chapter 3, Sharpening", "Ablations".
  func heading(_ title: String) -> String {
    switch self {
    case .number(let number): "Chapter \(number), \(title)"
    case .appendix: title
    }
  }
}

extension ChapterName: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// The chapter with a number.
  public init(integerLiteral number: Int) { self = .number(number) }

  /// The appendix with a name.
  public init(stringLiteral name: String) { self = .appendix(name) }
}

extension ChapterName: Codable {
  /// Decodes a number or a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .appendix(try container.decode(String.self))
    }
  }

  /// Encodes the number or the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .appendix(let name): try container.encode(name)
    }
  }
}
