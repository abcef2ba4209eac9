/// The computing time and the processor time of a stage, without interruptions.
final class Stopwatch {
  /// The seconds that earlier processes spent.
  private(set) var earlierSeconds = 0.0
  private var earlierCPUSeconds: Double? = 0
  private let environment: RunEnvironment
  private let (start, cpuStart): (Double, Double)

  init(in environment: RunEnvironment) {
    self.environment = environment
    (start, cpuStart) = (environment.clock(), environment.cpuClock())
  }

  /// Adds the time of earlier processes; their processor time is nil if it is unknown.
  func `continue`(from seconds: Double, cpuSeconds: Double?) {
    (earlierSeconds, earlierCPUSeconds) = (seconds, cpuSeconds)
  }

  /// The total so far, in seconds.
  var seconds: Double { earlierSeconds + environment.clock() - start }

  /// The processor time so far, in seconds, summed over the threads; nil if that of an earlier process is unknown, and
  /// for one of several processes.
  var cpuSeconds: Double? {
    guard environment.processes == nil else { return nil }
    return earlierCPUSeconds.map { $0 + environment.cpuClock() - cpuStart }
  }
}
