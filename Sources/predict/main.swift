// Predicts the classes of photographs with weights that `make own`, chapter 4 or export-weights wrote.

import ChapterKit
import Engine
import Experiments
import Files
import Foundation
import Pictures

let top = CommandLineOption(
  "top", .wholeNumber(in: 1...256), default: 1, "number of classes for each picture")
let json = CommandLineOption(flag: "json", "print a JSON object in each line")
let threads = CommandLineOption(
  "threads", .wholeNumber(in: 1...1024),
  "number of threads (default all cores); results do not depend on it")

/// The number of pictures that are decoded and evaluated together.
let batchSize = 256

let program = Program(
  "predict",
  summary:
    "Prints the path, the most probable class and its probability for each picture, separated by tabs.\n"
    + "Control characters in a path are shown as \\n, \\t and so on; --json prints the path itself.\n"
    + "WEIGHTS is a file from make own (figures/own-mixmatch.safetensors). A PICTURE is a file, a folder,\n"
    + "which is searched with its subfolders, or - for names of both from standard input, one per line or\n"
    + "separated by null characters (find -print0).",
  words: "WEIGHTS PICTURE…", options: [top, json, threads])

/// The names in standard input, separated by line breaks or, as `find -print0` prints them, by null characters.
///
/// - Throws: An error if there is none, or if they are not in UTF-8.
func namesFromInput() throws -> [String] {
  guard let text = String(validating: try readStandardInput(), as: UTF8.self) else {
    throw Failure("standard input: found bytes that are not UTF-8, expected names of pictures")
  }
  let separator: (Character) -> Bool =
    text.contains("\0") ? { $0 == "\0" } : { $0 == "\n" || $0 == "\r\n" }
  let names = text.split(whereSeparator: separator).map(String.init)
  guard !names.isEmpty else {
    throw Failure("standard input: found no names, expected at least one of a picture or a folder")
  }
  return names
}

/// The pictures in a folder, or the file itself.
func pictures(at path: String) throws -> [String] {
  let url = URL(argument: path)
  // The decoder tells why a file cannot be read.
  guard url.isExistingDirectory else { return [path] }
  let found = try pictureFiles(in: url)
  guard !found.isEmpty else {
    throw Failure("\(path): found no picture in this folder, expected at least one")
  }
  return found.map { url.appending(path: $0).relativePath }
}

/// Prints the predictions for the files at `paths`, in their order.
///
/// - Throws: An error at the end if some files are not pictures, and at once if nothing can be printed.
func printPredictions(
  for paths: [String], _ classifier: Classifier, _ decoder: PictureDecoder, _ invocation: Invocation
) throws {
  var failures = 0
  for start in stride(from: 0, to: paths.count, by: batchSize) {
    let batch = paths[start..<min(start + batchSize, paths.count)]
    let decoded = decoder.decode(batch.map { URL(argument: $0) })
    var rows = try rankings(
      of: decoded.compactMap { try? $0.pixels.get() }, by: classifier, invocation[top])[...]
    for (path, picture) in zip(batch, decoded) {
      switch picture.pixels {
      case .success:
        let ranking = rows.removeFirst()
        invocation.print(
          invocation[json]
            ? try line(Prediction(path: path, predictions: ranking)) : text(path, ranking))
      case .failure(let problem):
        failures += 1
        invocation.note("predict: \(path): found \(problem), expected a picture")
        if invocation[json] {
          invocation.print(try line(Prediction(path: path, error: "\(problem)")))
        }
      }
    }
    if let error = invocation.console.printingError { throw error }
  }
  guard failures == 0 else {
    throw Failure("found \(failures) of \(paths.count) files that are not pictures, expected none")
  }
}

/// A line of the output in JSON.
struct Prediction: Encodable {
  var path: String
  var predictions: [Ranked]?
  var error: String?
}

/// A class and its probability.
struct Ranked: Encodable {
  var `class`: String
  var confidence: Float
}

/// The most probable classes of each picture, at most `count`, with the most probable first.
func rankings(
  of pictures: [[UInt8]], by classifier: Classifier, _ count: Int
) throws -> [[Ranked]] {
  guard !pictures.isEmpty else { return [] }
  let predictions = try classifier.predictions(for: pictures.flatMap { $0 })
  let classes = classifier.description.classes
  let values = predictions.scalars
  return pictures.indices.map { row in
    // Equal probabilities keep the order of the classes.
    classes.indices.map { Ranked(class: classes[$0], confidence: values[row * classes.count + $0]) }
      .enumerated()
      .sorted { ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset) }
      .prefix(count).map(\.element)
  }
}

/// A line of the output in columns, with visible escapes in place of control characters in names.
func text(_ path: String, _ ranking: [Ranked]) -> String {
  ([path] + ranking.flatMap { [$0.class, String(format: "%.4f", $0.confidence)] })
    .map(\.withVisibleControlCharacters).joined(separator: "\t")
}

func line(_ prediction: Prediction) throws -> String {
  String(decoding: try JSON.encode(prediction), as: UTF8.self)
}

exit(
  program.run { invocation in
    guard invocation.words.count >= 2 else {
      throw UsageError(
        "found \(invocation.words.count) words, expected WEIGHTS and at least one PICTURE (- for names from "
          + "standard input)")
    }
    let classifier = try Classifier(contentsOf: URL(argument: invocation.words[0]))
    let decoder = try PictureDecoder(size: classifier.description.size)
    let paths = try invocation.words.dropFirst().flatMap { $0 == "-" ? try namesFromInput() : [$0] }
      .flatMap(pictures)
    try Parallel.$threads.withValue(invocation[threads] ?? Parallel.threads) {
      try printPredictions(for: paths, classifier, decoder, invocation)
    }
  })
