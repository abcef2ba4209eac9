import Datasets
import Engine
import Files
import Foundation

#if MPI
  import MPIProcesses
#endif

/// The processes that compute a run together.
///
/// All of them run the chapter. Rank 0 has the console and OUT; each of the others works in a temporary copy of
/// the files in OUT that decide what is computed. Where clocks, signals or files could make them differ, rank 0
/// decides.
package struct Processes: Sendable {
  /// The communicator that connects the processes; it counts what they exchange.
  package let communicator: MeasuredCommunicator
  private let finish: @Sendable () -> Void

  /// Processes that are connected by `communicator`; `finish` ends the connection.
  package init(_ communicator: some Communicator, finish: @escaping @Sendable () -> Void = {}) {
    self.communicator = MeasuredCommunicator(communicator)
    self.finish = finish
  }

  /// The number of this process among those that mpirun has started; 0 if it was started alone.
  static var rankOfMPI: Int { numberFromMPI("RANK") ?? 0 }

  /// The number of these processes on this machine, which share its cores.
  static var countOnThisMachine: Int { max(1, numberFromMPI("LOCAL_SIZE") ?? 1) }

  /// A number that mpirun gives to a process that it starts; nil in a process that was started alone.
  private static func numberFromMPI(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_\(name)"].flatMap { Int($0) }
  }

  /// The processes that mpirun has started; nil if this process was started alone.
  ///
  /// - Throws: ``Failure`` if the program was built without MPI, or their number cannot divide a batch.
  package static func ofMPI() throws -> Processes? {
    guard let started = numberFromMPI("SIZE"), started > 1 else { return nil }
    guard [2, 4, 8].contains(started) else {
      throw Failure("mpirun: found \(started) processes, expected 2, 4 or 8")
    }
    #if MPI
      let communicator = try MPICommunicator()
      return Processes(communicator) { communicator.finish() }
    #else
      throw Failure(
        "mpirun: found a program that was built without MPI, expected one with it; install Open MPI "
          + "(scripts/install-missing mpi), and build again with make")
    #endif
  }

  /// Whether this process writes and prints.
  package var isFirst: Bool { communicator.rank == 0 }

  /// Ends the connection, after the work of all processes.
  package func end() { finish() }
}

// MARK: - Agreement

extension Processes {
  /// The bytes of rank 0, in every process.
  ///
  /// - Parameters:
  ///   - data: The bytes in rank 0; empty in the others.
  ///   - part: The largest number of bytes that are sent at once, because MPI counts them in 32 bits.
  package func broadcast(_ data: Data, inPartsOf part: Int = 1 << 30) -> Data {
    var content = isFirst ? data : Data()
    var length = Int64(content.count)
    unsafe withUnsafeMutableBytes(of: &length, broadcastBytes)
    if !isFirst { content = Data(count: Int(length)) }
    unsafe content.withUnsafeMutableBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: part) {
        let range = start..<min(start + part, bytes.count)
        unsafe broadcastBytes(UnsafeMutableRawBufferPointer(rebasing: bytes[range]))
      }
    }
    return content
  }

  /// The value of rank 0, in every process.
  func broadcast<Value: Codable>(value: Value) throws -> Value {
    let content = broadcast(isFirst ? try JSON.encode(value) : Data())
    return isFirst ? value : try JSON.decode(Value.self, from: content)
  }

  /// Sends `bytes` of rank 0 to all processes: to rank 1, then from these two to the next two, and so on.
  private func broadcastBytes(_ bytes: UnsafeMutableRawBufferPointer) {
    let none = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    communicator.forEachPartner { partner, distance in
      if communicator.rank < distance {
        unsafe communicator.exchange(UnsafeRawBufferPointer(bytes), none, with: partner)
      } else if communicator.rank < 2 * distance {
        unsafe communicator.exchange(UnsafeRawBufferPointer(none), bytes, with: partner)
      }
    }
  }

  /// Checks that all processes have the same `value` for something that results depend on.
  ///
  /// - Throws: ``Failure`` in a process that has another value than rank 0.
  func checkAgreement(on name: String, _ value: String) throws {
    try check(name, value, is: broadcast(Data(value.utf8)))
  }

  /// Has rank 0 obtain something that the others then obtain too, such as files that are downloaded, and checks
  /// that all have the same `description` of it.
  ///
  /// - Throws: The error of `obtain`, or ``Failure`` in a process that has another one than rank 0.
  func obtainAfterFirst<Value>(
    _ name: String, _ description: (Value) -> String, _ obtain: () throws -> Value
  ) throws -> Value {
    if isFirst {
      let value = try obtain()
      _ = broadcast(Data(description(value).utf8))
      return value
    }
    let expected = broadcast(Data())
    let value = try obtain()
    try check(name, description(value), is: expected)
    return value
  }

  private func check(_ name: String, _ value: String, is expected: Data) throws {
    guard Data(value.utf8) != expected else { return }
    throw Failure(
      "found \(name) \(value) on \(hostName), expected that of rank 0, "
        + String(decoding: expected, as: UTF8.self))
  }
}

// MARK: - Environment

extension Processes {
  /// The environment of this process's run: only rank 0 prints, draws and saves, and its signals count.
  func environment(_ environment: RunEnvironment) -> RunEnvironment {
    var result = environment
    let signals = environment.stopSignals
    result.stopSignals.received = {
      var number = signals.received() ?? 0
      unsafe withUnsafeMutableBytes(of: &number, broadcastBytes)
      return number == 0 ? nil : number
    }
    guard !isFirst else { return result }
    result.console = Console(isTerminal: false, output: { _ in }, errors: { _ in })
    result.gnuplot = nil
    result.checkpointInterval = .infinity
    return result
  }

  /// A temporary folder with the files of `out` that decide what is computed: results of stages, checkpoints,
  /// shared results and the record of `chapter`. For rank 0 it is `out` itself.
  func workingFolder(for out: URL, chapter: ChapterName, preset: Preset) throws -> URL {
    let record = RunRecord.fileName(chapter: chapter)
    let folders = ["cache/\(chapter.program)/\(preset.rawValue)", TrainingKey.directory]
    let source = OutputDirectory(out)
    // Without other files, such as locks: the copy of one that was left behind looks like that of a process which has
    // just started.
    let paths =
      isFirst
      ? try [record]
        + folders.flatMap { folder in
          try source.names(in: folder).filter(StageStore.isStored).map { "\(folder)/\($0)" }
        }
      : []
    let copied = OutputDirectory(
      isFirst
        ? out
        : URL.temporaryDirectory.appending(path: "\(copyPrefix)\(getpid())-\(communicator.rank)"))
    if !isFirst {
      removeAbandonedCopies()
      try copied.prepare(subdirectories: folders)
    }
    for path in try broadcast(value: paths) {
      let content = broadcast(
        try isFirst
          ? readFileIfPresent(at: source.file(path), limit: maximumCheckpointSize) ?? Data()
          : Data())
      if !isFirst, !content.isEmpty { try copied.write(content, to: path) }
    }
    return copied.url
  }
}

/// The beginning of the name of a copy, which no other program uses. It names the host, because machines and containers
/// that share a temporary folder have other processes with the same numbers.
private let copyPrefix = ".mixmatch-copy-\(hostName)-"

/// Removes the copies of processes that were killed.
private func removeAbandonedCopies() {
  let folder = URL.temporaryDirectory
  for name in (try? listFolder(at: folder)) ?? [] where name.hasPrefix(copyPrefix) {
    let numbers = name.dropFirst(copyPrefix.count).split(separator: "-").map { Int32($0) ?? 0 }
    guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { continue }
    if !isProcessRunning(numbers[0]) { removeTree(at: folder.appending(path: name)) }
  }
}

/// A communicator that counts the bytes that this process exchanges, and the time that it waits.
package final class MeasuredCommunicator: Communicator {
  private let communicator: any Communicator
  private let totals = Lock(ExchangeTotals())

  init(_ communicator: any Communicator) { self.communicator = communicator }

  package var rank: Int { communicator.rank }
  package var count: Int { communicator.count }
  /// The totals so far.
  package var exchanged: ExchangeTotals { totals.withLock { $0 } }

  package func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int
  ) {
    unsafe count(sent, received)
    measure { unsafe communicator.exchange(sent, received, with: partner) }
  }

  package func beginExchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int,
    tag: Int
  ) -> any PendingExchange {
    unsafe count(sent, received)
    return measure {
      unsafe MeasuredExchange(
        communicator.beginExchange(sent, received, with: partner, tag: tag), self)
    }
  }

  private func count(_ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer) {
    totals.withLock {
      $0.exchanges += 1
      $0.bytes += sent.count + received.count
    }
  }

  /// Adds the time of `body` to that of exchanges.
  fileprivate func measure<Result>(_ body: () -> Result) -> Result {
    let start = ContinuousClock.now
    defer {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      totals.withLock { $0.seconds += seconds }
    }
    return body()
  }
}

/// An exchange of a ``MeasuredCommunicator``.
private struct MeasuredExchange: PendingExchange {
  private let exchange: any PendingExchange
  private let communicator: MeasuredCommunicator

  init(_ exchange: any PendingExchange, _ communicator: MeasuredCommunicator) {
    (self.exchange, self.communicator) = (exchange, communicator)
  }

  var isComplete: Bool { communicator.measure { exchange.isComplete } }
  func wait() { communicator.measure { exchange.wait() } }
}

/// The number of exchanges of a process, the bytes that it has sent and received, and the seconds that it took, waiting
/// included.
package struct ExchangeTotals {
  package var exchanges = 0
  package var bytes = 0
  package var seconds = 0.0

  package static func - (a: ExchangeTotals, b: ExchangeTotals) -> ExchangeTotals {
    ExchangeTotals(
      exchanges: a.exchanges - b.exchanges, bytes: a.bytes - b.bytes,
      seconds: a.seconds - b.seconds)
  }
}
