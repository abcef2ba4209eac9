import Dispatch
import Engine
import Foundation

/// Threads that exchange numbers like processes do, to test the division of batches without MPI.
public struct ThreadCommunicator: Communicator {
  /// The number of the thread.
  public let rank: Int
  /// The number of threads.
  public var count: Int { mailboxes.count }
  private let mailboxes: [[Mailbox]]

  /// Runs `body` in `count` threads with one thread each for loops, and returns the results by rank.
  public static func run<Result: Sendable>(
    processes count: Int, _ body: @escaping @Sendable () throws -> Result
  ) throws -> [Result] {
    let mailboxes = (0..<count).map { _ in (0..<count).map { _ in Mailbox() } }
    let results = Results<Result>(count: count)
    let group = DispatchGroup()
    for rank in 0..<count {
      group.enter()
      let thread = Thread {
        let communicator = ThreadCommunicator(rank: rank, mailboxes: mailboxes)
        Parallel.$communicator.withValue(communicator) {
          Parallel.$threads.withValue(1) { results.set(.init(catching: body), of: rank) }
        }
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return try results.values.map { try $0!.get() }
  }

  /// Copies from the other thread's memory.
  public func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int
  ) {
    mailboxes[rank][partner].send(sent)
    mailboxes[partner][rank].receive(received)
    mailboxes[rank][partner].waitUntilReceived()
  }

  /// The way from one thread to another.
  ///
  /// `@unchecked Sendable`: the semaphores order its uses.
  private final class Mailbox: @unchecked Sendable {
    private var content: UnsafeRawBufferPointer?
    private let isSent = DispatchSemaphore(value: 0)
    private let isReceived = DispatchSemaphore(value: 0)

    func send(_ bytes: UnsafeRawBufferPointer) {
      content = bytes
      isSent.signal()
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer) {
      isSent.wait()
      precondition(content!.count == bytes.count, "The two processes expect other lengths.")
      bytes.copyMemory(from: content!)
      isReceived.signal()
    }

    func waitUntilReceived() { isReceived.wait() }
  }

  /// The results of the threads, by rank.
  ///
  /// `@unchecked Sendable`: the lock orders its uses.
  private final class Results<Value>: @unchecked Sendable {
    private(set) var values: [Result<Value, any Error>?]
    private let lock = NSLock()

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func set(_ value: Result<Value, any Error>, of rank: Int) {
      lock.withLock { values[rank] = value }
    }
  }
}
