/// The division of a batch into parts with sums of their own, as far as this process computes them.
///
/// The number of parts of the whole batch is a power of two that depends on the sizes of the batch and the layer alone,
/// not on threads or processes, and each part has whole images. A process has neighbouring parts; their number is a
/// power of two as well.
struct BatchParts {
  /// The number of this process's parts.
  let count: Int
  /// The number of images of the whole batch.
  let imagesOfBatch: Int
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
    imagesOfBatch = share?.images ?? images
    var parts = 1
    while 2 * parts <= min(imagesOfBatch, limit) { parts *= 2 }
    let processes = share?.communicator.count ?? 1
    let rank = share?.communicator.rank ?? 0
    (all, count) = (parts, parts / processes)
    (first, firstImage) = (rank * count, share?.range.lowerBound ?? 0)
    communicator = share?.communicator
  }

  /// Calls `body` in parallel for each part with the range of its images, counted from this process's first.
  func forEach(_ body: (_ part: Int, _ images: Range<Int>) -> Void) {
    Parallel.forEachPart(of: count) { part in
      let start = imagesOfBatch * (first + part) / all - firstImage
      body(part, start..<imagesOfBatch * (first + part + 1) / all - firstImage)
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

extension BatchParts {
  /// Divides a batch, or the share of it that this process computes.
  ///
  /// - Parameter x: Features or images (N, …, C).
  init(of x: Tensor) {
    require(x.shape.count >= 2, "A batch has the shape (N, …, C); found \(x.shape).")
    self.init(ofImages: x.shape[0], share: BatchShare.current)
  }

  /// Calls `body` in parallel for each part with its rows in the matrix (rows, C) of the images `x` (N, …, C).
  func forEachRows(of x: Tensor, _ body: (_ part: Int, _ rows: Range<Int>) -> Void) {
    let rows = x.rows / max(1, x.shape[0])
    forEach { part, images in body(part, images.lowerBound * rows..<images.upperBound * rows) }
  }

  /// The number of rows of the whole batch, where `x` (N, …, C) are the images of this process.
  func rows(of x: Tensor) -> Int { imagesOfBatch * (x.rows / max(1, x.shape[0])) }
}
