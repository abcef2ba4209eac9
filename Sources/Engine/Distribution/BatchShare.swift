/// The part of a batch that this process computes when several processes share it.
struct BatchShare: Sendable {
  /// The number of images in the whole batch.
  let images: Int
  /// The processes that compute the batch.
  let communicator: any Communicator

  /// The share that operations get at the moment; nil if they get whole batches.
  @TaskLocal static var current: BatchShare?

  /// The share of a batch; nil if this process computes the whole batch, because there is no other process or
  /// the batch has fewer images than there are processes.
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
/// processes to this one's share of the images, otherwise to all.
///
/// - Returns: The result for all images.
func dividingImages(_ state: HiddenState, _ body: (HiddenState) -> HiddenState) -> HiddenState {
  guard let share = BatchShare(ofImages: state.values.shape[0]) else { return body(state) }
  let own = HiddenState(share.entries(of: state.values), moments: state.moments)
  return BatchShare.$current.withValue(share) {
    let result = body(own)
    return HiddenState(share.batch(of: result.values), moments: result.moments)
  }
}

/// The division of a batch into parts with sums of their own, as far as this process computes them.
///
/// The number of parts of the whole batch is a power of two that depends on the sizes of the batch and the layer alone,
/// not on threads or processes, and each part has whole images. A process has neighbouring parts; their number is a
/// power of two as well.
struct BatchParts {
  /// The number of this process's parts.
  let count: Int
  /// The number of images of the whole batch.
  let images: Int
  /// The number of parts of the whole batch.
  private let all: Int
  /// The index of this process's first part, and that of its first image.
  private let first, firstImage: Int
  private let communicator: (any Communicator)?

  /// Divides a batch.
  ///
  /// - Parameters:
  ///   - images: The number of images that this process has.
  ///   - limit: The highest number of parts of the whole batch.
  ///   - share: The share of the batch that these images are; nil if they are the whole batch.
  init(ofImages images: Int, atMost limit: Int = 16, share: BatchShare?) {
    require(
      share == nil || share?.range.count == images,
      "An operation on this process's share of a batch needs \(share?.range.count ?? 0) images; "
        + "found \(images).")
    self.images = share?.images ?? images
    var parts = 1
    while 2 * parts <= min(self.images, limit) { parts *= 2 }
    let processes = share?.communicator.count ?? 1
    let rank = share?.communicator.rank ?? 0
    (all, count) = (parts, parts / processes)
    (first, firstImage) = (rank * count, share?.range.lowerBound ?? 0)
    communicator = share?.communicator
  }

  /// Calls `body` in parallel for each part with the range of its images, counted from this process's first.
  func forEach(_ body: (_ part: Int, _ images: Range<Int>) -> Void) {
    Parallel.forEachPart(of: count) { part in
      let start = images * (first + part) / all - firstImage
      body(part, start..<images * (first + part + 1) / all - firstImage)
    }
  }

  /// Replaces sums over this process's parts by the sums over all.
  func addOthers(_ sums: UnsafeMutablePointer<Float>, count: Int) {
    unsafe communicator?.sum(sums, count: count)
  }

  /// Merges values of this process's parts with those of the others.
  func mergeOthers<Value: BitwiseCopyable>(
    _ values: inout [Value], _ merge: (Value, Value) -> Value
  ) {
    communicator?.merge(&values, merge)
  }
}
