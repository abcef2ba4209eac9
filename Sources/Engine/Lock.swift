import Synchronization

#if THREAD_SANITIZER
  import Foundation

  /// A value that one thread at a time has access to.
  ///
  /// The thread sanitizer does not know the system calls that `Mutex` is made of, and takes what it
  /// protects for a race; it knows pthread's mutexes. For builds with -D THREAD_SANITIZER.
  package final class Lock<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    /// Puts `value` behind a lock.
    package init(_ value: sending Value) {
      self.value = value
      pthread_mutex_init(mutex, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
    }

    /// Runs `body` while no other thread has access to the value.
    package func withLock<Result>(
      _ body: (inout sending Value) throws -> sending Result
    ) rethrows -> sending Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body(&value)
    }
  }
#else
  /// A value that one thread at a time has access to.
  package typealias Lock = Mutex
#endif
