// # Appendix: Which claims hold up
//
// The article makes claims. The table lists those that give a number or that a training run can test, and two that were
// added here, with our measurement, a rule, and the verdict that follows from it: "reproduced" if the rule holds, "not
// reproduced" if it fails.
//
//     make claims
//
// reads the records of chapters 3 to 5, of the ablations and of the numbers of labels, and decides. It trains nothing
// itself. If none of these has been run, it shows the verdicts on the recorded results in results/. Most verdicts need
// three seeds; for verdicts on runs of your own, first run
//
//     make chapters SEEDS=3
//     make ablations SEEDS=3
//     make labels SEEDS=3
//
// or those of them whose claims you want to check.

import ChapterKit
import Foundation

// ## The rules
//
// Most rules compare the accuracies of training runs with several seeds, which differ by chance. So the rules use
// 95 % confidence intervals, which need at least three seeds: Welch's interval [^10] for the difference of two
// means, and Student's for the distance of a mean from a published number. This number is taken as exact, although the
// article's come from one run, and the paper's with 250 and 500 labels have a deviation of 0.9 points themselves.
//
// - "More than 5 points" holds if the whole interval of the difference lies above 5 percentage points. It fails
//   if the whole interval lies below.
// - "Within 2 points" of a number holds if the whole interval of the distance lies between −2 and 2 points. It
//   fails if the whole interval lies outside.
// - Otherwise there is no verdict: the table has the interval, and the number of seeds that would decide if means and
//   deviations stayed the same. This number is a rough estimate, and does not say which verdict they would give. That
//   an interval contains 0 does not show that two means are equal.
//
// Runs with the same seed share the labelled images, and Welch's interval treats them as independent. If their
// accuracies rise and fall together, the difference is known more precisely than the interval suggests; if one rises
// where the other falls, less precisely. Both occur here. The runs with and without an EMA even have the same weights
// for each seed: by the interval of the differences at each seed, −0.1 to +0.3 points, the claim on the EMA would be
// reproduced. Where two rows have different seeds, their difference here is not that of the ablations' table, which
// uses shared seeds only, and one seed more can change the number of seeds that would decide several-fold. The
// intervals also assume that accuracies are distributed normally, which so few seeds cannot check.
//
// For some claims more than three seeds were run. Chapter 3 has 19 seeds: after three, this table had estimated that 11
// would decide, and after ten that 19 would. MixMatch and distribution alignment got more because three had not decided
// about alignment (the interval for the recall was −8 to +43 points), and the EMA with a decay of 0.999 because
// MixMatch's fourth seed had undone a verdict. Adding seeds until there is a verdict makes a wrong one more likely than
// the nominal 5 %: with a correction for these looks (Bonferroni), neither the accuracy at T = 0.5 nor the recall with
// alignment would have a verdict. Nor is any interval corrected for the number of claims. With Holm's correction over
// all intervals with a verdict, of the reproduced claims only sharpening on MNIST and VAT would keep theirs; of those
// that are not reproduced, only the distance from full supervision would lose it.
//
// Three verdicts say less than they seem to, and a fourth claim depends on the batches. Supervised training, too, is
// more than 5 points behind MixMatch, so that the verdict on VAT says little about VAT, whose search also ended at a
// lower learning rate than the others' ([search](#search)). By the same rule mixup alone is far behind MixMatch, but
// not Mean Teacher (4.1 to 10.7 points) and supervised training with mixup (2.1 to 5.9). The claim on as many
// supervised steps has a baseline without mixup: the difference from supervised training with mixup ([chapter
// 5](#chapter5-findings)) is about half as large, and would have no verdict by this rule. The claim on mixup compares
// it with sharpening only, but the accuracy with K = 1, too, is above that without mixup (9.3 to 20.1 points); mixup of
// the labelled images alone is −0.8 to +1.3 points from MixMatch ([ablations](#ablations)). And the cost of an epoch
// depends on the batches: by a count of passes ([chapter 5](#chapter5-findings)) the ratio is outside the rule's limits
// with those here.
//
// The number of parameters is compared as it is, without an interval, and so is the ratio of two mean times, each over
// at least three seeds.
//
// If the training runs are shorter than the article's, the verdict states their scale. A run on another data set than
// the claim's, or with options that change its settings, gives no verdict, and neither do two runs with different
// presets or data sets. Numbers that no chapter measures are in the table too, with the reason.

// The rules were written before most of the runs. Some were changed after results were known: above all those for "a
// small part of the training gives most of the improvement" and for the EMA, the number of seeds for the cost of an
// epoch, and the claim on distribution alignment, which was added. In detail:
//
// - 24 November 2026: the first rules, written after first runs of chapters 3 and 5 and before those of the ablations.
//   A difference of two means counted if it was at least two standard errors, and a mean counted as a published number
//   if it was within two points or two standard errors. The margin of 12 points in the claim that was added was chosen
//   when one seed had shown a difference of 13.6 points.
// - 26 November 2026: the intervals above replace this, because two standard errors are not a test at a stated level,
//   and were also applied to two seeds.
// - 26 November 2026: the rule on a small part of the training compared accuracies during one run. Below the article's
//   scale, those early in the run are measured on smaller images than the final accuracy, and by that rule the claim
//   was not reproduced. The new rule compares two complete training runs. The shorter one, too, lowers its learning
//   rate to almost zero, which may favour the claim. The rule is older than the runs of the ablations with three seeds.
// - 27 November 2026: the cost of an epoch is compared by processor times instead of times by the clock, because long
//   runs share the computer with other work. This rule is older than the first run that records its processor time. By
//   the clock the ratio was 3.2 with three seeds, and the claim was not reproduced.
// - 28 November 2026: the rule on a small part of the training asked for more than 80 % of the accuracy, which
//   supervised training with mixup passes as well. It now asks for 80 % of the gain over supervised training: the
//   article speaks of the improvement. By the former rule the claim was reproduced; now it has no verdict. The cost of
//   an epoch needs three seeds: a single ratio lay above the rule's limit, by 2 % of it. The claim on distribution
//   alignment was added. Seeds 0 to 2 of the ablations that the rules use and the runs of chapter 5 are older than
//   these changes, apart from the runs that the following entries name; further seeds of the ablations, and chapter 3
//   with 19 seeds, are younger.
// - 28 November 2026: the rule on the EMA named a decay of 0.999, which averages over a sixth of the runs of the
//   ablations and changes the accuracy by {ablations.difference.average points}. An EMA that lowers the accuracy always
//   passes a rule that only limits its benefit. It now names 0.99, the decay of the other methods in the ablations. The
//   runs with this decay are younger than the rule. By the former rule the claim was reproduced.
// - 28 November 2026: no rule changed, but supervised training, pseudo-labels and Mean Teacher were run again with the
//   learning rate that the [search](#search) chose after its range had been extended.
// - 29 November 2026: the claim on the ramp was added. The first seed without a ramp was known, and had no lower
//   accuracy than with it; the other two were still being trained.

// ## The table
//
// ![The verdict on each claim](claims.md)
//
// ## The rules as code {.fold}

/// The verdict on a claim.
struct Verdict {
  /// Whether the claim holds, fails, or cannot be decided.
  enum Outcome { case holds, fails, open }

  var outcome: Outcome
  /// Why, in words: an interval, a ratio, or what is missing; empty if the numbers suffice.
  var reasons: [String] = []
}

/// A row of the table.
struct Claim: Sendable {
  /// The claim in the article.
  let text: String
  /// The article's numbers.
  let article: String
  /// The data set of the claim; nil for a claim about a network alone.
  var dataset: DatasetSource? = .cifar10
  /// The rule for the verdict, in words.
  let rule: String
  /// The metrics that the rule needs.
  let metrics: [RecordedMetric]
  /// The rule: the verdict on these metrics, given in the same order.
  let decide: @Sendable ([Metric]) -> Verdict
}

/// A metric in the record of a chapter.
struct RecordedMetric: Sendable {
  /// The name of the number in the column "measured", if a rule has several.
  let name: String
  let chapter: ChapterName
  let metric: String
  let style: NumberStyle
  let scale: Scale

  init(
    _ name: String, _ chapter: ChapterName, _ metric: String, as style: NumberStyle = .percent,
    at scale: Scale = .ofTheRun
  ) {
    (self.name, self.chapter, self.metric) = (name, chapter, metric)
    (self.style, self.scale) = (style, scale)
  }
}

/// The scale at which a metric is measured.
enum Scale: Sendable {
  /// The run's own scale.
  case ofTheRun
  /// A quarter of the run's steps.
  case quarterOfTheRun
  /// The article's scale in any run.
  case ofTheArticle

  /// The scale as a part of the verdict; nil for the article's.
  func description(_ preset: Preset) -> String? {
    switch self {
    case .ofTheArticle: nil
    case .ofTheRun: preset == .article ? nil : "at the scale \(preset.rawValue)"
    case .quarterOfTheRun: "at a quarter of the steps of the scale \(preset.rawValue)"
    }
  }
}

extension Verdict {
  /// A verdict that is not open.
  init(holds: Bool, _ reasons: [String] = []) {
    self.init(outcome: holds ? .holds : .fails, reasons: reasons)
  }

  /// No verdict, for this reason.
  static func open(_ reason: String) -> Verdict { Verdict(outcome: .open, reasons: [reason]) }

  /// This verdict as that of one of several comparisons, with its name.
  func named(_ name: String) -> Verdict {
    Verdict(outcome: outcome, reasons: reasons.map { "\(name): \($0)" })
  }
}

/// Holds if the difference from which `interval` is taken exceeds `margin`; fails if it is below.
func exceeds(_ interval: ConfidenceInterval?, _ margin: Double) -> Verdict {
  guard let interval else { return .open("fewer than three seeds") }
  if interval.lower > margin { return Verdict(holds: true, [text(of: interval)]) }
  if interval.upper < margin { return Verdict(holds: false, [text(of: interval)]) }
  return .open(undecided(interval, interval.seedsToExclude(margin)))
}

/// Holds if the mean of `a` exceeds that of `b` by more than `points` percentage points.
func exceeds(_ a: Metric, _ b: Metric, by points: Double = 0) -> Verdict {
  exceeds(ConfidenceInterval(a, minus: b), points / 100)
}

/// A metric of which all values are multiplied by `factor`.
func * (factor: Double, metric: Metric) -> Metric {
  var product = metric
  product.mean *= factor
  product.sd = metric.sd.map { factor * $0 }
  product.values = metric.values?.map { factor * $0 }
  return product
}

/// The sums of two metrics, seed by seed, over the seeds that both have; nil if there is none, or if a record does not
/// name the seeds of its values.
func sum(_ a: Metric, _ b: Metric) -> Metric? {
  guard let a = a.valuesBySeed, let b = b.valuesBySeed else { return nil }
  let sums = a.compactMap { seed, value in b[seed].map { (seed: seed, value: value + $0) } }
    .sorted { $0.seed < $1.seed }
  return sums.isEmpty ? nil : Metric(of: sums.map(\.value), seeds: sums.map(\.seed))
}

/// Holds if the mean of `a` is within `points` percentage points of `value`.
func isWithin(_ points: Double, of value: Double, _ a: Metric) -> Verdict {
  guard let interval = ConfidenceInterval(a, minus: value) else {
    return .open("fewer than three seeds")
  }
  let margin = points / 100
  if interval.lower > -margin, interval.upper < margin {
    return Verdict(holds: true, [text(of: interval)])
  }
  if interval.lower > margin || interval.upper < -margin {
    return Verdict(holds: false, [text(of: interval)])
  }
  let seeds = [-margin, margin].map { interval.seedsToExclude($0) }
  return .open(undecided(interval, seeds.contains(nil) ? nil : seeds.compactMap { $0 }.max()))
}

/// The interval in percentage points.
func text(of interval: ConfidenceInterval) -> String {
  let ends = [interval.lower, interval.upper].map(NumberStyle.signedNumberOfPoints)
  return "the interval is \(ends[0]) to \(ends[1]) points"
}

/// The interval in percentage points, and the number of seeds that would decide.
func undecided(_ interval: ConfidenceInterval, _ seeds: Int?) -> String {
  text(of: interval) + "; "
    + (seeds.map { "about \($0) seeds would decide" }
      ?? "even 1,000 seeds like these would not decide")
}

/// Holds if all verdicts hold; fails if one fails; otherwise open. The reasons are those of the verdicts that decide this.
func all(_ verdicts: Verdict...) -> Verdict {
  let outcome: Verdict.Outcome =
    [.fails, .open].first { outcome in verdicts.contains { $0.outcome == outcome } } ?? .holds
  return Verdict(
    outcome: outcome, reasons: verdicts.filter { $0.outcome == outcome }.flatMap(\.reasons))
}

/// The opposite of `verdict`, for the same reasons; open if it is open.
func not(_ verdict: Verdict) -> Verdict {
  var opposite = verdict
  switch verdict.outcome {
  case .holds: opposite.outcome = .fails
  case .fails: opposite.outcome = .holds
  case .open: break
  }
  return opposite
}

/// The claim that a number of the article is reproduced; `remark` follows the number in the table.
func publishedNumber(
  _ text: String, _ value: Double, _ metric: RecordedMetric, on dataset: DatasetSource = .cifar10,
  remark: String = ""
) -> Claim {
  Claim(
    text: text, article: metric.style.text(value) + remark, dataset: dataset,
    rule: "within 2 points", metrics: [metric], decide: { isWithin(2, of: value, $0[0]) })
}

/// A number of the article that no chapter measures, and the reason.
func unmeasured(_ text: String, _ article: String, because reason: String) -> Claim {
  Claim(text: text, article: article, rule: "–", metrics: [], decide: { _ in .open(reason) })
}

// ## The claims {.fold}

let sharpened = RecordedMetric("T = 0.5", 3, "accuracy.T0.5")
let unsharpened = RecordedMetric("T = 1", 3, "accuracy.T1")
let allLabels = RecordedMetric("all labels", 5, "accuracy.all-labels")
let fewLabels = RecordedMetric("500 labels", 5, "accuracy.labels-alone")
let fewLabelsLonger = RecordedMetric("supervised", 5, "accuracy.labels-alone-longer")
let mixMatch = RecordedMetric("MixMatch", 5, "accuracy.mixmatch")
let notebooksParameters = RecordedMetric(
  "parameters", 4, "parameters.article", as: .decimals(0), at: .ofTheArticle)
let quarterRun = ablation("MixMatch", "mixmatch")
func ablation(_ name: String, _ key: String) -> RecordedMetric {
  RecordedMetric(name, "ablations", "accuracy.\(key)", at: .quarterOfTheRun)
}
func cpuSecondsPerEpoch(_ name: String, _ key: String) -> RecordedMetric {
  RecordedMetric(name, 5, "cpuSecondsPerEpoch.\(key)", as: .seconds)
}

let claims = [
  Claim(
    text: "Sharpening raises the accuracy on MNIST.", article: "80.1 → 90.7 %", dataset: .mnist,
    rule: "T = 0.5 is ahead of T = 1 by more than 5 points",
    metrics: [unsharpened, sharpened], decide: { exceeds($0[1], $0[0], by: 5) }),
  publishedNumber(
    "MNIST without sharpening, T = 1", 0.801, unsharpened, on: .mnist,
    remark: " (the notebook as saved: 78.6 %)"),
  publishedNumber("MNIST with sharpening, T = 0.5", 0.907, sharpened, on: .mnist),

  Claim(
    text:
      "MixMatch comes within a few points of full supervision, and is far above supervised training with 500 labels.",
    article: "37.2, 88.1 and 94.8 %",
    rule:
      "less than 8 points below full supervision; above supervised training (350 steps) by more than 25 points",
    metrics: [fewLabels, mixMatch, allLabels],
    decide: {
      all(
        not(exceeds($0[2], $0[1], by: 8)).named("below full supervision"),
        exceeds($0[1], $0[0], by: 25).named("above supervised training"))
    }),
  Claim(
    text: "MixMatch is far above supervised training even with as many steps.",
    article: "not measured; added here",
    rule: "above supervised training by more than 12 points",
    metrics: [fewLabelsLonger, mixMatch], decide: { exceeds($0[1], $0[0], by: 12) }),
  publishedNumber("supervised, all 50,000 labels", 0.9476, allLabels),
  publishedNumber("the paper's accuracy with all 50,000 labels", 1 - 0.0413, allLabels),
  publishedNumber("supervised, 500 labels", 0.3723, fewLabels),
  publishedNumber("MixMatch, 500 labels", 0.8806, mixMatch),
  publishedNumber("the paper's MixMatch, 500 labels", 1 - 0.0965, mixMatch, remark: " (paper)"),
  unmeasured(
    "the best epochs of MixMatch and with all labels", "88.2 and 94.9 %",
    because: "no epoch is chosen by its test accuracy here"),
  publishedNumber(
    "the paper's MixMatch, 250 labels", 1 - 0.1108,
    RecordedMetric("MixMatch", "labels", "accuracy.mixmatch-250-labels", at: .quarterOfTheRun)),
  unmeasured(
    "VAT, 250 labels", "36.03 % error (paper)", because: "VAT is trained with 500 labels only"),
  Claim(
    text: "VAT, the next best method of the paper, is far behind MixMatch.",
    article: "11.08 and 36.03 % error (paper, 250 labels)",
    rule: "MixMatch is ahead by more than 5 points",
    metrics: [ablation("VAT", "vat"), quarterRun], decide: { exceeds($0[1], $0[0], by: 5) }),
  Claim(
    text: "The network is the paper's.", article: "the paper's network has 1.47 million parameters",
    dataset: nil, rule: "the notebook's network has this number of parameters within 1 %",
    metrics: [notebooksParameters],
    decide: { Verdict(holds: abs($0[0].mean / 1.47e6 - 1) <= 0.01) }),

  Claim(
    text: "Without sharpening MixMatch loses more than 16 points.",
    article: "11.80 → 27.83 % error (paper, 250 labels)",
    rule: "T = 0.5 is ahead of T = 1 by more than 16 points",
    metrics: [ablation("T = 1", "no-sharpening"), ablation("T = 0.5", "mixmatch")],
    decide: { exceeds($0[1], $0[0], by: 16) }),
  Claim(
    text: "Mixup is the most important part.",
    article: "39.11 % error without it (paper, 250 labels)",
    rule:
      "MixMatch without mixup is less accurate than MixMatch without sharpening, and than MixMatch unchanged",
    metrics: [
      ablation("no mixup", "no-mixup"), ablation("no sharpening", "no-sharpening"), quarterRun,
    ],
    decide: {
      all(
        exceeds($0[1], $0[0]).named("no sharpening − no mixup"),
        exceeds($0[2], $0[0]).named("MixMatch − no mixup"))
    }),
  Claim(
    text: "Without a ramp of the unlabelled loss's weight, training is difficult.",
    article: "no number given",
    rule:
      "MixMatch is ahead of MixMatch without a ramp by more than 1 point (with a third of the article's weight)",
    metrics: [ablation("no ramp", "no-ramp"), quarterRun],
    decide: { exceeds($0[1], $0[0], by: 1) }),
  Claim(
    text: "Two augmentations suffice.",
    article: "17.09, 11.80, 11.55, 12.45 % error for K = 1, 2, 3, 4 (paper, 250 labels)",
    rule: "K = 2 is ahead of K = 1, and K = 3 is not ahead of K = 2 by 1 point or more",
    metrics: [
      ablation("K = 1", "one-version"), ablation("K = 2", "mixmatch"),
      ablation("K = 3", "three-versions"),
    ],
    decide: {
      all(
        exceeds($0[1], $0[0]).named("K = 2 − K = 1"),
        not(exceeds($0[2], $0[1], by: 1)).named("K = 3 − K = 2"))
    }),
  Claim(
    text: "An epoch of MixMatch costs about 2.5 times one of full supervision.",
    article: "2.3 by the notebooks' times",
    rule:
      "the ratio of the processor times is 2 to 3, with the same network and sizes of images (a batch has as many "
      + "labelled as unlabelled images here, half as many in the article)",
    metrics: [
      cpuSecondsPerEpoch("full supervision", "all-labels"),
      cpuSecondsPerEpoch("MixMatch", "mixmatch"),
    ],
    decide: { times in
      let ratio = times[1].mean / times[0].mean
      let text = "the ratio is \(NumberStyle.decimals(2).text(ratio))"
      guard times.allSatisfy({ $0.n >= 3 }) else {
        return .open("\(text), with fewer than three seeds")
      }
      return Verdict(holds: (2...3).contains(ratio), [text])
    }),
  Claim(
    text: "A small part of the training gives most of the improvement.",
    article: "79 of 88 % after 50 of 187 epochs",
    rule:
      "a training run with a quarter of the steps has more than 80 % of the gain over supervised training with as many "
      + "steps as the whole run",
    metrics: [
      ablation("quarter", "mixmatch"), RecordedMetric("whole run", 5, "accuracy.mixmatch"),
      fewLabelsLonger,
    ],
    decide: { found in
      guard let bound = sum(0.8 * found[1], 0.2 * found[2]) else {
        return .open("no seed is known to be in both runs")
      }
      return exceeds(found[0], bound)
    }),
  unmeasured(
    "the times: all labels, 500 labels, MixMatch", "3 h 15 min, 7 min, 14 h 8 min on a P100",
    because: "they were measured on another machine"),
  unmeasured(
    "The paper's own code is a few points short after 12 hours.", "nearly 36 h on a P100 to match",
    because: "it was measured with another program on another machine"),
  Claim(
    text:
      "With a learning-rate schedule already in use, an exponential moving average of the weights brings no "
      + "significant benefit.",
    article: "no number given",
    rule: "MixMatch with an EMA of decay 0.99 is ahead by less than 1 point",
    metrics: [ablation("MixMatch", "mixmatch"), ablation("with EMA", "average-0.99")],
    decide: { not(exceeds($0[1], $0[0], by: 1)) }),
  Claim(
    text: "Distribution alignment raises the recall of the class that is recognised least often.",
    article: "not measured; added here, from the authors' next paper",
    rule: "the recall with alignment is ahead of MixMatch's",
    metrics: [
      RecordedMetric("MixMatch", "ablations", "smallestRecall.mixmatch", at: .quarterOfTheRun),
      RecordedMetric(
        "with alignment", "ablations", "smallestRecall.alignment", at: .quarterOfTheRun),
    ],
    decide: { exceeds($0[1], $0[0]) }),
]

// ## Running it {.fold}

/// The cells of a claim's row.
func row(_ claim: Claim, _ records: Records) -> [TableCell] {
  let head = [claim.text, claim.article, claim.rule].map { TableCell($0) }
  let found = claim.metrics.compactMap { wanted in
    records[wanted.chapter].flatMap { record in
      record.metric(wanted.metric).map { (wanted: wanted, record: record, metric: $0) }
    }
  }
  guard found.count == claim.metrics.count else {
    let missing = claim.metrics.first { records[$0.chapter]?.metrics[$0.metric] == nil }!
    return head + ["–", "not run yet: make \(missing.chapter.program)"]
  }
  let measured = found.map { value -> TableCell in
    let number = TableCell.cited(
      value.wanted.style.text(value.metric), metric: value.wanted.metric, of: value.wanted.chapter)
    let name = found.count > 1 ? "\(value.wanted.name): " : ""
    return "\(name)\(number) (n = \(value.metric.n))"
  }
  return head + [
    measured.isEmpty ? "–" : .joined(measured, separator: ", "),
    cell(
      for: claim.decide(found.map(\.metric)),
      obstacle: obstacle(to: claim, in: found.map(\.record)),
      scale: found.lazy.compactMap { $0.wanted.scale.description($0.record.preset) }.first),
  ]
}

/// The reason why the records of a claim's metrics cannot decide it; nil if they can.
func obstacle(to claim: Claim, in records: [RunRecord]) -> String? {
  if let warning = records.lazy.compactMap(\.warning).first { return warning }
  guard let dataset = claim.dataset, let first = records.first else { return nil }
  return records.lazy.compactMap { $0.obstacle(toClaimAbout: dataset) }.first
    ?? records.lazy.compactMap { $0.obstacle(toComparisonWith: first) }.first
}

/// The verdict as a cell of the table.
func cell(for verdict: Verdict, obstacle: String?, scale: String?) -> TableCell {
  if let obstacle { return "no verdict: \(obstacle)" }
  let reasons = verdict.reasons.joined(separator: "; ")
  if verdict.outcome == .open { return "no verdict: \(reasons)" }
  let outcome = verdict.outcome == .holds ? "reproduced" : "not reproduced"
  return TableCell(
    outcome + (scale.map { ", \($0)" } ?? "") + (reasons.isEmpty ? "" : ": \(reasons)"))
}

let out = CommandLineOption(
  "out", .existingDirectory,
  "directory of the records and the table (default figures; if it has no record, results, read only)"
)

let program = Program(
  "claims",
  summary: "Decides from the records in OUT which of the article's claims hold up.",
  options: [out])

exit(
  program.run { invocation in
    let chapters = Set(claims.flatMap(\.metrics).map(\.chapter))
    let folder = invocation[out]
    let own = try Records(
      in: folder ?? URL(filePath: "figures"), of: chapters, allowingNone: folder == nil)
    let records = own.isEmpty ? try Records(in: URL(filePath: "results"), of: chapters) : own
    let rows = claims.map { row($0, records) }
    for (claim, row) in zip(claims, rows) { invocation.print("\(claim.text)\n    \(row[4].text)") }
    guard !own.isEmpty else {
      invocation.print(
        "claims: these are the recorded results in results/, because figures/ has no record of a run"
      )
      return
    }
    try records.write(
      TextTable(
        name: "claims", title: "The article's claims",
        explanation:
          "Measured: mean ± standard deviation over n seeds. Intervals: 95 % confidence, of the difference that the rule "
          + "names.",
        columns: ["claim", "article", "rule", "measured", "verdict"], rows: rows),
      about: chapters, as: "claims")
    invocation.print("claims: done; results in \(records.path): claims.md")
  })
