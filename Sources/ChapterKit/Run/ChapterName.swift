/// What a chapter is called: chapters have numbers, appendices have names.
public enum ChapterName: Hashable, Sendable {
  /// A chapter of the article.
  case number(Int)
  /// What the article has no chapter for.
  case appendix(String)

  /// The chapter whose program is called `program`.
  package init(program: String) {
    let number = program.hasPrefix("chapter") ? Int(program.dropFirst("chapter".count)) : nil
    self = number.map { .number($0) } ?? .appendix(program)
  }

  /// The name of its program and of its target in the Makefile: "chapter3", "ablations".
  public var program: String {
    switch self {
    case .number(let number): "chapter\(number)"
    case .appendix(let name): name
    }
  }

  /// As people say it: "chapter 3", "ablations".
  var spoken: String {
    switch self {
    case .number(let number): "chapter \(number)"
    case .appendix(let name): name
    }
  }

  /// With its title: "Chapter 3, Sharpening", "Ablations".
  func heading(_ title: String) -> String {
    switch self {
    case .number(let number): "Chapter \(number), \(title)"
    case .appendix: title
    }
  }
}

extension ChapterName: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A chapter's number.
  public init(integerLiteral number: Int) { self = .number(number) }

  /// An appendix's name.
  public init(stringLiteral name: String) { self = .appendix(name) }
}

extension ChapterName: Codable {
  /// Reads a number or a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .appendix(try container.decode(String.self))
    }
  }

  /// Writes the number or the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .appendix(let name): try container.encode(name)
    }
  }
}
