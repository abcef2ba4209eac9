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
  private let messages: Messages

  /// Runs `body` in `count` threads with one thread each for loops, and returns the results by rank.
  public static func run<Result: Sendable>(
    processes count: Int, _ body: @escaping @Sendable () throws -> Result
  ) throws -> [Result] {
    let mailboxes = (0..<count).map { _ in (0..<count).map { _ in Mailbox() } }
    let messages = Messages()
    let results = Results<Result>(count: count)
    let group = DispatchGroup()
    for rank in 0..<count {
      group.enter()
      let thread = Thread {
        let communicator = ThreadCommunicator(
          rank: rank, mailboxes: mailboxes, messages: messages)
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
    unsafe mailboxes[rank][partner].send(sent)
    unsafe mailboxes[partner][rank].receive(received)
    mailboxes[rank][partner].waitUntilReceived()
  }

  /// Leaves a copy for the other thread. The exchange is complete only when it was asked for once or twice, so that
  /// the exchanges of different threads go on in different orders.
  public func beginExchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int,
    tag: Int
  ) -> any PendingExchange {
    let copy = unsafe Array(sent)
    messages.put(copy, .init(from: rank, to: partner, tag: tag))
    return unsafe PendingMessage(
      messages: messages, address: .init(from: partner, to: rank, tag: tag), sent: sent, copy: copy,
      received: received, delay: 1 + rank % 2)
  }

  /// Messages that wait for their receivers.
  ///
  /// `@unchecked Sendable`: the condition orders its uses.
  private final class Messages: @unchecked Sendable {
    struct Address: Hashable { let from, to, tag: Int }
    private var contents: [Address: [[UInt8]]] = [:]
    private let condition = NSCondition()

    func put(_ content: [UInt8], _ address: Address) {
      condition.withLock {
        contents[address, default: []].append(content)
        condition.broadcast()
      }
    }

    func take(_ address: Address, waiting: Bool) -> [UInt8]? {
      condition.withLock {
        while waiting, contents[address, default: []].isEmpty { condition.wait() }
        return contents[address, default: []].isEmpty ? nil : contents[address]!.removeFirst()
      }
    }
  }

  /// The receiving end of an exchange that has begun.
  @safe private final class PendingMessage: PendingExchange {
    private let messages: Messages
    private let address: Messages.Address
    private let sent: UnsafeRawBufferPointer
    /// What `sent` pointed to at the beginning of the exchange, until the end of which it stays the same.
    private let copy: [UInt8]
    private let received: UnsafeMutableRawBufferPointer
    /// The number of questions that are answered with no.
    private var delay: Int

    init(
      messages: Messages, address: Messages.Address, sent: UnsafeRawBufferPointer,
      copy: [UInt8], received: UnsafeMutableRawBufferPointer, delay: Int
    ) {
      unsafe (self.messages, self.address, self.received, self.delay) =
        (messages, address, received, delay)
      unsafe (self.sent, self.copy) = (sent, copy)
    }

    var isComplete: Bool {
      delay -= 1
      return delay < 0 && receive(waiting: false)
    }

    func wait() { _ = receive(waiting: true) }

    private func receive(waiting: Bool) -> Bool {
      guard let content = messages.take(address, waiting: waiting) else { return false }
      unsafe require(
        sent.elementsEqual(copy), "Bytes were changed before their exchange was complete.")
      unsafe require(
        content.count == received.count, "The two processes expect other lengths.")
      unsafe received.copyBytes(from: content)
      return true
    }
  }

  /// The way from one thread to another.
  ///
  /// `@unchecked Sendable`: the semaphores order its uses.
  @safe private final class Mailbox: @unchecked Sendable {
    private var content: UnsafeRawBufferPointer?
    private let isSent = DispatchSemaphore(value: 0)
    private let isReceived = DispatchSemaphore(value: 0)

    func send(_ bytes: UnsafeRawBufferPointer) {
      unsafe content = bytes
      isSent.signal()
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer) {
      isSent.wait()
      unsafe require(content!.count == bytes.count, "The two processes expect other lengths.")
      unsafe bytes.copyMemory(from: content!)
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
