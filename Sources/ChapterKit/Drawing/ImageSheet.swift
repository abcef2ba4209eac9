import Engine

/// A sheet of small pictures and labels on a white background, for a figure.
///
/// Its gnuplot script loads figures/sheet.gp.
public struct ImageSheet: Sendable {
  private let width: Int
  private let height: Int
  private let tile: Int
  /// The pixels, (height, width, 3).
  private var values: [UInt8]
  private var words: [(x: Int, y: Int, kind: String, text: String)] = []

  /// An empty sheet of `width` by `height` pixels, for pictures of `tile` by `tile` pixels.
  public init(width: Int, height: Int, tile: Int) {
    (self.width, self.height, self.tile) = (width, height, tile)
    values = Array(repeating: 255, count: width * height * 3)
  }

  /// Places a picture (tile, tile, 3) with its upper left corner at (`x`, `y`), in pixels from the
  /// sheet's upper left corner.
  public mutating func place(_ picture: [UInt8], x: Int, y: Int) {
    require(
      picture.count == tile * tile * 3,
      "A picture has \(picture.count) bytes, expected \(tile * tile * 3) for (\(tile), \(tile), 3)."
    )
    require(
      0...width - tile ~= x && 0...height - tile ~= y,
      "A picture at (\(x), \(y)) does not fit on a sheet of \(width) by \(height) pixels.")
    for row in 0..<tile {
      let start = ((y + row) * width + x) * 3
      values.replaceSubrange(
        start..<start + tile * 3, with: picture[row * tile * 3..<(row + 1) * tile * 3])
    }
    write("", "picture", x: x, y: y)
  }

  /// Writes a label at (`x`, `y`); the figure's script decides how labels of this `kind` look.
  public mutating func write(_ text: String, _ kind: String, x: Int, y: Int) {
    words.append((x, y, kind, text))
  }

  /// The data files `name`, with the pixels row by row, and `name`-words, with the labels.
  func dataFiles(name: String) -> [DataFile] {
    let colours = ["red", "green", "blue"].enumerated().map { channel, colour in
      DataColumn(colour, stride(from: channel, to: values.count, by: 3).map { values[$0] })
    }
    let words = [
      DataColumn("x", words.map(\.x)), DataColumn("y", words.map(\.y)),
      DataColumn("kind", words.map(\.kind)), DataColumn("text", words.map(\.text)),
    ]
    return [
      DataFile(name: name, columns: colours, kind: .pixels),
      DataFile(name: name + "-words", columns: words),
    ]
  }

  /// The variables of figures/sheet.gp.
  var variables: [String: String] {
    ["sheetWidth": "\(width)", "sheetHeight": "\(height)", "tile": "\(tile)"]
  }
}

extension Run {
  /// Draws `sheet` with figures/`script`.gp as OUT/`script`.png, or into the file `picture`.
  ///
  /// The names of its data files consist of the chapter's and the script's name.
  public func draw(
    _ script: String, into picture: String? = nil, sheet: ImageSheet,
    variables: [String: String] = [:]
  ) {
    let name = "\(chapter.name.program)-\(script)"
    let files = sheet.dataFiles(name: name)
    for file in files { write(file) }
    draw(
      script, into: picture ?? "\(script).png", data: files.map(\.name),
      variables: variables.merging(sheet.variables.merging(["sheet": name]) { _, new in new }) {
        _, new in new
      })
  }
}
