import ChapterKit
import Foundation

/// The literature: article/references.md, a paragraph `[^1]: …` for each work.
struct References {
  private let texts: [String: String]
  private let order: [String]

  init(root: URL) throws {
    let path = "article/references.md"
    var texts: [String: String] = [:]
    var order: [String] = []
    for paragraph in try source(path, in: root).split(separator: "\n\n") {
      guard let match = paragraph.firstMatch(of: /\[\^(\w+)\]: ([^\0]*)/) else { continue }
      order.append(String(match.1))
      texts[String(match.1)] = String(match.2)
    }
    (self.texts, self.order) = (texts, order)
  }

  /// A link to a work; nil where it is not in the list.
  func link(_ key: String) -> String? {
    texts[key].map { _ in "[\\[\(key)\\]](#reference-\(key)){.reference role=\"doc-biblioref\"}" }
  }

  /// The list.
  var markdown: String {
    let entries = order.map { key in
      "::: {#reference-\(key) .entry}\n\\[\(key)\\] \(texts[key]!)\n:::"
    }
    return (["# References {#references}"] + entries).joined(separator: "\n\n")
  }
}
