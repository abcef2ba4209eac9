/// A picture that a gnuplot script draws from data files.
///
/// The script figures/`script`.gp gets these variables, all of them strings: `data`, the directory
/// of the data files; `out`, the file to write; `stamp`, one line with the picture's origin;
/// `watermark`, a warning or an empty text; and `variables`.
public struct Figure: Codable, Equatable, Sendable {
  /// The name of the script, without folder and extension.
  package let script: String
  /// The file name of the picture in OUT.
  package let picture: String
  /// The names of the data files that the script reads.
  package let data: [String]
  /// The script's variables, apart from `data` and `out`.
  package let variables: [String: String]

  package init(script: String, picture: String, data: [String], variables: [String: String]) {
    self.script = script
    self.picture = picture
    self.data = data
    self.variables = variables
  }

  /// The figure with additional variables.
  func adding(_ more: [String: String]) -> Figure {
    Figure(
      script: script, picture: picture, data: data,
      variables: variables.merging(more) { _, new in new })
  }
}
