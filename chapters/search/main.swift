// # Appendix: Hyperparameter search
//
// A comparison of methods is fair if each has had the same chance to find good hyperparameters. A method that runs
// with the settings of another one says something about the settings, and little about the method (Oliver et al.
// [^12]). So each method of chapter 5 and of the ablations, MixMatch included, goes through the same small search:
//
//     make search
//
// The search is not the only tuning. The weight decay, batch sizes, image sizes, augmentation and ramp of `short` were
// chosen earlier, in runs of MixMatch that are not recorded (chapter 4). The other methods use the same weight decay,
// image sizes and augmentation, which may favour MixMatch; no run tests this.
//
// The search starts from default values. The default weight of the unlabelled loss is that of chapter 4 for MixMatch,
// and that of the paper's code for the other methods. The default highest learning rate is 4·10⁻³, from the settings of
// `short` in chapter 4. From there one value at a time changes: the weight to a third of the default and to three times
// the default, the learning rate to half, twice and four times the default. No trial changes both. That makes at least
// six trials for a method with an unlabelled loss, and at least four for one that uses labelled images alone. In the
// trials, as in the ablations, an exponential moving average of the weights with a decay of 0.99 is evaluated, except
// for MixMatch and full supervision; chapter 5 evaluates the weights themselves. A trial has an eighth of chapter 4's
// steps. Full supervision, chapter 5's upper baseline, is searched in the same way, with an eighth of its own steps and
// the labels of all images but the validation images.
//
// The range of learning rates first ended at twice the default. Every method whose trials were complete by then was
// best at this end of the range, so four times the default was added, for all methods. If the best trial of a method is
// at an end of a range, this range is extended by the same step, to eight times the rate or a ninth of the weight and
// so on, until the best trial is not at an end. (For some methods the best weight is at an end, but a trial with
// another learning rate is better.) Because one value is changed at a time, a method whose best trial changes the
// weight keeps the default learning rate. This affects VAT alone, whose learning rate is thus the lowest of all
// methods. Even so, at the default rate, and at two and four times this rate, its trials were better than those of
// supervised training.
//
// A rate that suits a trial can be too high for a longer training run. A rate above four times the default must
// therefore also be better in a long run: the method's longest training run in the tables, of the first seed, is made
// with this rate and with half of it. If the higher rate does not have the higher validation accuracy, half the rate is
// used instead, and is tested in the same way while it is above four times the default. The rule was written after one
// of these runs had failed, supervised training with sixteen times the rate, and before the other runs with more than
// four times the rate.
//
// The accuracy on the 2,000 validation images decides; the test images are not evaluated. All training runs of chapters
// 4 and 5 and of the appendices on ablations, mixing and numbers of labels use the values with the highest validation
// accuracy, as far as the rule above confirms them. Variants use those of the method that they vary. There are three
// exceptions. The row "supervised, 50 epochs" of chapter 5 keeps the article's learning rate. The preset `article` uses
// the default values. At `overnight`, full supervision uses the default values, because its recorded run [of a
// night](#night) is older than this choice. The search was not repeated at `overnight`: the other methods apply the
// factors found at `short` to its default rate, 2·10⁻³, which is half of that at `short`. Trials of full supervision at
// `overnight` with the default rate, twice and four times that rate have been run since (results/trainings): the
// accuracy on the validation images is highest with twice the rate, the factor found at `short`, and about the same
// with four times.
//
// Departure: the learning rate of each method is searched, and the weight of the unlabelled loss where it has one, on
// 2,000 validation images; the paper tunes α and λᵤ of MixMatch, and hyperparameters of the other methods, on 5,000. Of
// VAT's two unlabelled terms only the weight of the divergence is searched; that of the entropy stays 0.06.

import ChapterKit
import Experiments
import Foundation
import MixMatch
import ResultTables

// ## An honest view of the validation images
//
// The 2,000 labels of the validation images are four times the 500 labels that the training uses. Nobody who has only
// 500 labels could set 2,000 of them aside to choose hyperparameters; anyone with 2,500 labels would train with them.
// Oliver et al. [^12] show that a validation set of realistic size cannot tell most settings apart: with 50 images the
// standard error of an accuracy of three fifths is 7 points, with 2,000 images 1.1 points. Results with searched
// values, like those of the paper, are therefore what a method reaches with well-chosen hyperparameters, and a user of
// a method on new data will probably do somewhat worse.

func trials(_ preset: Preset) -> [Trial] {
  ComparedMethod.allCases.flatMap { method in
    method.candidates.map { Trial(method, $0, at: preset) }
  }
}

// ## The outcome
//
// ![The trials of each method](search.md)
//
// The best trial of a method is marked once all of them have run; supervised training and pseudo-labels use half of its
// learning rate (see below). With a single seed and 2,000 images a difference of one or two points may be chance. The
// search therefore only keeps a method from running with values that do not suit it at all; it does not find the best
// ones.
//
// In these short runs all methods but VAT do best with a higher learning rate than the default; VAT does best with a
// third of the weight. For supervised training and pseudo-labels the best rate is sixteen times the default, for Mean
// Teacher eight times. In the longer runs that the rule above asks for (results/learning-rates and results/trainings),
// the validation accuracies with the first seed, in per cent, are:
//
// | longest training run | 4 times | 8 times | 16 times |
// | ---------------------------------------------------- | ------------ | ------------ | ------------ |
// | supervised training, chapter 5's 24,000 steps | 51.85 | 52.95 | 19.30 |
// | pseudo-labels, a quarter of these steps | 51.85 | 52.35 | 52.10 |
// | Mean Teacher, a quarter of these steps | 54.10 | 58.20 | not run |
//
// So all three have eight times the default rate in the tables. With sixteen times, supervised training learns almost
// nothing in 24,000 steps, although this rate is the best one in a trial: a search in short runs can mislead. In the
// trials eight times is better than four times by
// {search.validation.labels-alone.weight-1.0.rate-8.0 - validation.labels-alone.weight-1.0.rate-4.0 points} for
// supervised training, by
// {search.validation.pseudo-label.weight-1.0.rate-8.0 - validation.pseudo-label.weight-1.0.rate-4.0 points} for
// pseudo-labels, and by
// {search.validation.mean-teacher.weight-1.0.rate-8.0 - validation.mean-teacher.weight-1.0.rate-4.0 points} for Mean
// Teacher.
//
// MixMatch gains {search.validation.mixmatch.weight-1.0.rate-2.0 > validation.mixmatch.weight-1.0.rate-1.0 points} with
// twice the rate; four times is no better
// ({search.validation.mixmatch.weight-1.0.rate-4.0 - validation.mixmatch.weight-1.0.rate-2.0 points} compared with
// twice). Full supervision, too, does best with twice the rate. Chapters 4 and 5 use these rates in their longer runs,
// where the gain is gone for these two: with the default values (three seeds each, with an earlier version of the
// programs; results/chapter5.json at commit 52c104f) MixMatch had the present accuracy within a tenth of a point, and
// full supervision half a point more. A rate that is best in a short run need not be best in a longer one, in which a
// smaller rate gets as far.
//
// ## Running it {.fold}

/// The cells of a trial's row; `isBest` marks the best trial of its method.
func cells(_ trial: Trial, isBest: Bool) -> [TableCell] {
  [
    TableCell(trial.method.title), TableCell(String(format: "%.2g", trial.factors.weight)),
    TableCell(String(format: "%.2g", trial.factors.learningRate)),
    trial.accuracy.map {
      .cited(NumberStyle.percent.text($0), metric: trial.metric, of: "search")
    } ?? "not run yet",
    isBest ? "best" : "",
  ]
}

let chapter = Chapter(
  "search", "Hyperparameter search",
  summary: "tries hyperparameters of each method and compares them on validation images.",
  presets: [
    .scale(.smoke, costs: "a minute; runs all code, the results mean nothing"),
    .scale(.short, costs: "68 trials per seed, of a few minutes to half an hour each on 2 cores"),
    .scale(.overnight, costs: "a day per seed on 2 cores; so far three trials of full supervision"),
    .scale(.article, costs: "weeks per seed on 2 cores; not run yet"),
  ],
  options: tableOptions)

exit(
  chapter.run { run in
    if try run.runFirstStepsIfRequested(of: trials(run.preset).map(\.spec)) { return }
    let trials = try run.search(trials(run.preset))
    let best = ComparedMethod.allCases.compactMap { trials.best(of: $0)?.metric }
    let finished = FinishedRows(trials, "trials") { $0.accuracy != nil }
    run.write(
      TextTable(
        name: "search", title: "The search for hyperparameters",
        explanation:
          "Validation accuracy after an eighth of chapter 4's steps with 500 labels, and of chapter 5's "
          + "with all labels. × stands for multiples of the default values.\(finished.remark)",
        columns: ["method", "weight ×", "learning rate ×", "validation accuracy", "choice"],
        rows: finished.rows.map { cells($0, isBest: best.contains($0.metric)) }))
  })
