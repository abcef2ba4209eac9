// Writes the weights in a checkpoint as a file for `predict` and for PyTorch.

import ChapterKit
import Engine
import Experiments
import Files
import Foundation

let program = Program(
  "export-weights",
  summary:
    "Writes the weights in CHECKPOINT, a file of a training run of chapter 4 or later, or of make own, such as\n"
    + "figures/cache/chapter4/short/mixmatch-short-seed-0-….checkpoint, into the file WEIGHTS in the safetensors\n"
    + "format. Network, classes and pixel scaling are those that the checkpoint describes. Of a training with an\n"
    + "EMA of the weights, the EMA is written. Finished runs of chapter 4 and make own write such a file themselves.",
  words: "CHECKPOINT WEIGHTS", options: [])

exit(
  program.run { invocation in
    guard invocation.words.count == 2 else {
      throw UsageError("found \(invocation.words.count) words, expected CHECKPOINT and WEIGHTS")
    }
    let file = URL(argument: invocation.words[0])
    let weights = URL(argument: invocation.words[1])
    guard weights.resolvingSymlinksInPath() != file.resolvingSymlinksInPath() else {
      throw UsageError("WEIGHTS: found the file of CHECKPOINT, expected another one")
    }
    let checkpoint = try Checkpoint(contentsOf: file)
    let classifier: Classifier
    do {
      classifier = try Classifier(checkpoint)
    } catch {
      throw Failure("\(file.shortPath): \(oneLine(error))")
    }
    try classifier.content.write(to: weights)
    invocation.print(
      "export-weights: \(classifier.description.origin) is in \(invocation.words[1])")
  })
