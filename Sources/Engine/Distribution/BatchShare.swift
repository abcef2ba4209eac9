/// The part of a batch that this process computes when several processes share it.
struct BatchShare: Sendable {
  /// The number of images in the whole batch.
  let images: Int
  /// The processes that compute the batch.
  let communicator: any Communicator

  /// The share that operations get at the moment; nil if they get whole batches.
  @TaskLocal static var current: BatchShare?

  /// The share of a batch; nil if this process computes the whole batch, because there is no other process,
  /// the batch has fewer images than there are processes, or the images are already such a share.
  init?(ofImages images: Int) {
    guard BatchShare.current == nil, let communicator = Parallel.communicator,
      communicator.count > 1, images >= communicator.count
    else { return nil }
    require(
      [2, 4, 8].contains(communicator.count),
      "A batch is divided among 2, 4 or 8 processes, not \(communicator.count).")
    (self.images, self.communicator) = (images, communicator)
  }

  /// The indices of this process's images.
  var range: Range<Int> { range(ofRanks: communicator.rank..<communicator.rank + 1) }

  /// The indices of the images of neighbouring processes.
  private func range(ofRanks ranks: Range<Int>) -> Range<Int> {
    let count = communicator.count
    return images * ranks.lowerBound / count..<images * ranks.upperBound / count
  }

  /// Returns the entries of this process in `batch` (N, …); the gradient is that of all entries.
  func entries(of batch: Tensor) -> Tensor {
    batch.detached[range].recorded(from: [batch]) { gradient in [allGathered(gradient)] }
  }

  /// Returns the whole batch (N, …) from the `entries` of this process and those of the others.
  func batch(of entries: Tensor) -> Tensor {
    allGathered(entries).recorded(from: [entries]) { [range] gradient in [gradient[range]] }
  }

  /// The entries of all processes, in the order of their ranks, from those of this process.
  private func allGathered(_ entries: Tensor) -> Tensor {
    let length = entries.entryLength
    let rank = communicator.rank
    return unsafe filled([images] + entries.shape.dropFirst()) { result in
      unsafe (result + range.lowerBound * length).update(
        from: entries.pointer, count: entries.count)
      communicator.forEachPartner { partner, distance in
        func bytes(_ rank: Int) -> UnsafeMutableRawBufferPointer {
          let first = rank / distance * distance
          let part = range(ofRanks: first..<first + distance)
          return unsafe UnsafeMutableRawBufferPointer(
            start: result + part.lowerBound * length,
            count: part.count * length * MemoryLayout<Float>.stride)
        }
        unsafe communicator.exchange(
          UnsafeRawBufferPointer(bytes(rank)), bytes(partner), with: partner)
      }
    }
  }
}

/// Applies a part of a network to a hidden state (N, …), where ``Layer/isDivisible`` is true for the part: with several
/// processes to this one's share of the images, otherwise, and for a scalar, to all.
///
/// - Returns: The result for all images.
func dividingImages(_ state: HiddenState, _ body: (HiddenState) -> HiddenState) -> HiddenState {
  guard let images = state.values.shape.first, let share = BatchShare(ofImages: images) else {
    return body(state)
  }
  let own = HiddenState(share.entries(of: state.values), moments: state.moments)
  return BatchShare.$current.withValue(share) {
    let result = body(own)
    return HiddenState(share.batch(of: result.values), moments: result.moments)
  }
}
