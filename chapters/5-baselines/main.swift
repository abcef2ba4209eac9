// # Chapter 5: Baselines and results
//
// An accuracy means little by itself. This chapter compares MixMatch with two kinds of supervised training of the same
// network: on the same 500 labelled images, in three variants, and on all images with their labels. The first shows
// what the labels alone give. The second is an upper reference; it is trained without mixup, so it is not exactly
// MixMatch with perfect guesses.
//
//     make chapter5
//
// trains the baselines, takes MixMatch's result from chapter 4 (or trains it if it is missing), and puts all
// results into one table and one figure.

import ChapterKit
import Datasets
import Experiments
import Foundation
import MixMatch
import ResultTables

// ## All labels
//
// The article trains its network for 100 epochs on all 50,000 images and labels, in batches of 128, with a one-cycle
// schedule of learning rates up to 2·10⁻² and a weight decay of 10⁻⁴. At the smaller scales network and image sizes are
// MixMatch's, so that the table compares methods and not networks; batches have 64 images, and the steps follow from
// the number of epochs. At `short` the highest learning rate of each training comes from a search on validation images,
// through which every method goes ([appendix](#search)); only the article's 350 steps, described below, keep the
// article's rate. No images are held out here, so that all labels are used: the learning curve shows the test images,
// and the table the accuracy after the last step.
//
// In the settings, `factors` multiplies the default learning rate by what the search chose:
//
// [[Sources/Experiments/ExperimentPresets.swift: Experiment.allLabels]]
//
// ## The labelled images only
//
// The article's second baseline is supervised training on the 500 labelled images, for 50 epochs. An epoch of 500
// images has seven batches of 64, which makes 350 steps in all, where MixMatch takes many thousands. A fairer
// comparison trains for as many steps as MixMatch; a second one also uses mixup, which needs no unlabelled images.
//
// Departure: two more supervised baselines train on the 500 labelled images, with MixMatch's steps, image sizes and
// augmentation, one of them with mixup; the article has only the one with 50 epochs. The difference between MixMatch
// and the baseline with mixup estimates what the unlabelled images contribute.

/// The article's 50 epochs on the labelled images. In the record the row is `labels-alone`; in that of the ablations
/// this key stands for supervised training with a quarter of MixMatch's steps.
func fewStepsOnLabels(_ preset: Preset) -> TrainingSpec {
  var (experiment, _) = Experiment.mixMatch(preset)
  experiment.training.labelledBatch = 64
  experiment.training.steps = preset == .smoke ? 20 : 50 * 7
  experiment.training.phases = []  // images of 32 pixels throughout
  experiment.training.evaluationCount = 10
  experiment.training.peakLearningRate = 2e-2
  experiment.training.weightDecay = 1e-4
  return TrainingSpec("labels alone", experiment, by: Supervised())
}

// The two longer baselines are defined in Sources/Experiments, because the appendices use them too.
// `ManifoldMixup.ofImages` is plain mixup, of the images alone.
//
// [[Sources/Experiments/TrainingSpecs.swift: TrainingSpec.labelsAlone]]
//
// [[Sources/Experiments/TrainingSpecs.swift: TrainingSpec.labelsWithMixup]]
//
// ## The table
//
// Each row has the mean accuracy over the seeds, the article's accuracy, and the time of the training. The article's
// times are those of a P100, a graphics card. Ours are processor (CPU) times, summed over the cores: two cores that
// have nothing else to do need about half as long. "Images per CPU second" counts the images that the network is
// trained on: labelled ones, and all versions of unlabelled ones. The 350 steps see images of 32 pixels throughout, and
// therefore fewer of them in a second. The times are those of the runs whose processor time was recorded, with fewer
// seeds than the accuracies in most rows, and times of different processors cannot be compared. "Lowest recall" is the
// recall of the class that is recognised least often. A dash stands for a time that was not measured, or for a row that
// the article does not have.
//
// ![The results](results.md)
//
// The figure shows the article's three learning curves and those of the first seed; the baseline with mixup is left
// out. Epochs differ in length: an epoch of the 500 labelled images has few steps.
//
// ![Learning curves of the baselines and of MixMatch, first seed; the table above has means over the seeds. Except in
// the 350 steps, images grow from 16 to 24 and to 32 pixels during the training, in the validation too, so that the
// accuracy can rise at once. The labelled loss of supervised training is that of images that are not mixed. The
// article's runs have a larger network; those of MixMatch and with all labels also have more steps.](results-curves.svg
// "Three lines and a row of dots over the epochs. In the end the dots, all labels, are highest, MixMatch is below, and
// supervised training with 500 labels is lowest, with few steps or many; thin lines are the article's")
//
// ## Findings
//
// **Compared with supervised training.** With the same steps and augmentation, MixMatch is
// {chapter5.accuracy.mixmatch > accuracy.labels-alone-longer points} more accurate than supervised training with 500
// labels. Mixup of the labelled images alone gives
// {chapter5.accuracy.labels-mixup-longer > accuracy.labels-alone-longer points} of this; the other
// {chapter5.accuracy.mixmatch > accuracy.labels-mixup-longer points} estimate what the unlabelled images contribute.
// Full supervision is {chapter5.accuracy.all-labels > accuracy.mixmatch points} more accurate than MixMatch.
//
// **Cost.** Equal steps are not equal cost, because a step of MixMatch also processes unlabelled images. Count a
// forward pass of an image as one unit, and a backward pass as two. A supervised step costs three units for each image.
// Here a batch has as many labelled as unlabelled images. For each unlabelled image MixMatch therefore trains on three
// mixtures, those of its two versions and of one labelled image, which cost 9 units, and makes two forward passes for
// the guess, which cost 2. These 11 units are 11/3 ≈ 3.7 times the cost of a supervised step with as many labelled
// images. An epoch has 47,500 unlabelled images here, and full supervision also evaluates the test images after each
// epoch, so that the ratio of two epochs is about 3.3. In the article a batch has half as many labelled as unlabelled
// images: 2.5 mixtures for each unlabelled image and two forward passes cost 2.5 · 3 + 2 = 9.5. With 49,500 of them,
// and the test images evaluated after each epoch in both runs, the ratio of two epochs is about 3.0:
//
// | cost of MixMatch, as a multiple | counted | measured |
// | --------------------------------------------- | ---------- | ---------- |
// | of a supervised step | 3.7 | {mixing.costRatio.labels-alone .1} |
// | of a supervised step with mixup | 3.7 | {mixing.costRatio.labels-mixup .1} |
// | of an epoch of full supervision | 3.3 | {chapter5.cpuSecondsPerEpoch.mixmatch / cpuSecondsPerEpoch.all-labels .1} |
// | of an epoch of full supervision, in the article | 3.0 | [2.3]{.article} |
//
// The first two measured ratios compare mean processor times of shorter runs ([mixing](#mixing)). The runs of a ratio
// had the same model of processor, but shared it with other work, and do not all have the same seeds: for the first
// ratio one of MixMatch, on another processor than that of MixMatch's time in the table there, and three of supervised
// training. The third ratio compares one seed of each. The last one is that of the times in the article's notebooks;
// its text says [2.5]{.article}.
//
// **Compared at equal cost.** With 6,000 steps, which cost less than 24,000 supervised steps, MixMatch reaches
// {ablations.accuracy.mixmatch %} ([ablations](#ablations)), and supervised training with mixup reaches
// {chapter5.accuracy.labels-mixup-longer %} with all 24,000 steps. Supervised training at the cost of the whole run of
// MixMatch has not been run.
//
// **Compared with the article.** The article reaches [88.06 %]{.article} with MixMatch, these runs
// {chapter5.accuracy.mixmatch %}. Several things differ at once, and these runs cannot separate the causes. The largest
// differences are that the network is smaller, the training is shorter, most of it sees images of 16 or 24 pixels, and
// the images had been stored as JPEG; chapter 4 lists the others. Full supervision loses less: it reaches
// {chapter5.accuracy.all-labels %}, the article [94.76 %]{.article}. But its training is also shortened less: from
// [100]{.article} to 30 epochs, while that of MixMatch is shortened from [187]{.article} to 16. Long training may also
// matter more for MixMatch, because its guessed labels become better only as the network does.
//
// **The seeds differ.** MixMatch's worst seed has {chapter5.accuracy.mixmatch lowest %}, its best one
// {chapter5.accuracy.mixmatch highest %}. For all labels these are {chapter5.accuracy.all-labels lowest %} and
// {chapter5.accuracy.all-labels highest %}. A seed decides which 500 images have labels, and which guesses are wrong
// early; MixMatch trains on these guesses, so that an early mistake about a class may grow (chapter 4), although no run
// here traces this. A single run of such a method says little, and the article has only one.
//
// **The baseline with 350 steps is more accurate here than in the article**: {chapter5.accuracy.labels-alone %} against
// [37.23 %]{.article}. The small scale mirrors and shifts images instead of the stronger transforms of fastai, and its
// network is smaller. With 350 steps, a smaller network with weaker augmentation probably gets further. Batch norm also
// starts differently (chapter 4), and the labelled images are not the same ones. No run here separates the causes.
//
// **Longer training.** At the end of the runs of MixMatch and of full supervision the curves rise little, because the
// learning rate is almost 0 there. This does not show that longer training would bring nothing. Supervised training
// with MixMatch's steps has a high learning rate ([search](#search)): in the first seed its validation accuracy rises
// by ten points in the last fifth of the run, in which the rate falls to almost 0 and the images already have their
// full size. The appendix [A night of training](#night) has the same rows at the preset `overnight`, as far as they
// have been run.
//
// ## Running it {.fold}

// The rows, apart from the first one, are those of Sources/ResultTables/ComparisonRow.swift, which the appendix
// [A night of training](#night) has too.
//
// [[Sources/ResultTables/ComparisonRow.swift: ComparisonRow.longRuns]]

func rows(_ preset: Preset) -> [ComparisonRow] {
  [.fewSteps(fewStepsOnLabels(preset))] + ComparisonRow.longRuns(preset)
}

// Each training writes a file with its result, commit, date and machine into OUT/trainings. With
// `RECORDED=results/trainings` a training that has a file in this folder is not run again, whichever machine it was run
// on, if the bytes of the data set are the same, and with `ONLY_RECORDED=1` no training is started. This is how the
// results in results/ were collected over several days, and how `make check-results` compares its tables with the
// recorded trainings.

let chapter = Chapter(
  5, "Baselines and results",
  summary: "trains with all labels and with few, and compares MixMatch with both.",
  presets: [
    .scale(.smoke, costs: "half a minute; runs all code, the results mean nothing"),
    .scale(
      .short, costs: "half an hour to an hour and a half per seed on 2 cores, after chapter 4"),
    .scale(
      .overnight,
      costs:
        "about ten hours per seed on 2 cores; MixMatch alone takes 6, full supervision 1.5"),
    .scale(.article, costs: "days per seed on 2 cores; not run yet"),
  ],
  options: tableOptions + [datasetOption])

exit(
  chapter.run { run in
    try run.compare(rows(run.preset), for: 5, named: "results") { writeTrainings($0, run) }
  })

/// Writes the result and the origin of every training.
func writeTrainings(_ rows: [ComparisonRow], _ run: Run) {
  let runs = rows.flatMap(\.result.runs)
  run.write(
    DataFile(
      name: "chapter5-trainings",
      columns: [
        DataColumn("training", runs.map(\.origin.name)),
        DataColumn("test", runs.map(\.result.testAccuracy)),
        DataColumn("seconds", runs.map(\.origin.seconds)),
        DataColumn("cpuSeconds", runs.map { $0.cpuSeconds ?? .nan }),
        DataColumn("date", runs.map(\.origin.date)),
        DataColumn("commit", runs.map(\.origin.commit)),
      ]))
}
