// # Appendix: A night of training
//
// The training runs of chapter 5 took from a minute (the 350 steps) to an hour and a quarter (MixMatch) on one core.
// This appendix trains its other rows at the preset `overnight`. Full supervision took 2 h 17 min on two cores;
// MixMatch is planned for 4 to 10 hours, and all four rows for a day:
//
//     make night
//
// trains what `make chapter5 PRESET=overnight` trains, apart from the 350 steps, and shares its results. The
// network has the size of the paper's, 28 layers in place of 16. MixMatch takes 36,000 steps in place of 24,000, with
// batches of 64 labelled and 64 unlabelled images in place of 32 and 32; full supervision takes 60 epochs in place of
// 30. Half of the steps see images of 24 pixels, the others those of 32; at `short` most see 16 or 24. Full supervision
// has a highest learning rate of 2·10⁻³; in later trials of an eighth of its length, one seed each, 4·10⁻³ was a point
// better on the validation images ([search](#search)), which may be chance. MixMatch has 4·10⁻³. At `short` the search
// has chosen 8·10⁻³ for both.

import ChapterKit
import Foundation
import ResultTables

// ## The table
//
// The columns are those of [chapter 5](#chapter5).
//
// ![The results of a night](night.md)
//
// ![Test accuracy and loss of full supervision at `overnight`, first seed, and the article's accuracy (thin line). In
// the first half of the training images have 24 pixels, in the evaluation too.](night-curves.svg "The accuracy of the
// training runs over the epochs, with the article's curves as thin lines")
//
// ## Findings
//
// **Full supervision** reaches {night.accuracy.all-labels %} (one seed); at `short` it has
// {chapter5.accuracy.all-labels %}. Network, epochs, image sizes and learning rate differ at once. The
// article has [94.76 %]{.article} after [100]{.article} epochs, with a network of four times as many parameters.
//
// **MixMatch** has not been run to the end at this scale, nor have the supervised baselines with 500 labels.
//
// ## Running it {.fold}
//
// A run may be interrupted and continued like every other; `LIST=1` prints a command for each of them, so that they can
// run on several machines.

let chapter = Chapter(
  "night", "A night of training",
  summary: "trains MixMatch, and its baselines, for a night.",
  presets: [
    .scale(.smoke, costs: "a minute; runs all code, the results mean nothing"),
    .alias(.short, of: .overnight),
    .scale(
      .overnight,
      costs:
        "planned for a day per seed on 2 cores; full supervision alone takes 3 hours of one core"),
    .scale(.article, costs: "days per seed on 2 cores; not run yet"),
  ],
  options: tableOptions + [datasetOption])

exit(
  chapter.run { run in
    try run.compare(ComparisonRow.longRuns(run.preset), for: "night", named: "night")
  })
