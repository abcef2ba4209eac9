/// A picture that a gnuplot script draws from data files.
///
/// The script figures/`script`.gp finds these variables, all of them texts: `data`, the directory
/// of the data files; `out`, the file to draw; `stamp`, one line on the picture's origin;
/// `watermark`, empty unless the picture needs a warning; and `variables`.
public struct Figure: Codable, Equatable, Sendable {
  /// The script's name.
  package let script: String
  /// File name of the picture, in OUT.
  package let picture: String
  /// Names of the data files that it shows.
  package let data: [String]
  /// All but `data` and `out`.
  package let variables: [String: String]

  package init(script: String, picture: String, data: [String], variables: [String: String]) {
    self.script = script
    self.picture = picture
    self.data = data
    self.variables = variables
  }

  /// The figure with more variables.
  func adding(_ more: [String: String]) -> Figure {
    Figure(
      script: script, picture: picture, data: data,
      variables: variables.merging(more) { _, new in new })
  }
}
