/// Whether a run has done any work yet, and the loaded results that have not been announced.
///
/// Loaded results are announced when the first work begins. A run without any work reports that
/// everything is up to date.
final class WorkLog {
  private(set) var hasWorked = false
  private var loaded: [StageRecord] = []
  private let console: Console

  init(_ console: Console) { self.console = console }

  func add(loaded stage: StageRecord) { loaded.append(stage) }

  /// Announces the results that were loaded before this work.
  func beginWork() {
    hasWorked = true
    for stage in loaded {
      console.note(
        "\(stage.name): loaded, computed \(stage.date) in \(durationText(stage.seconds))")
    }
    loaded = []
  }

  /// Notes that a file was written.
  func noteWritten() { hasWorked = true }
}
