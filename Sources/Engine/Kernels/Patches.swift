/// Convolution's input as a matrix: one row for each output pixel, the patch it sees ("im2col").
///
/// With rows of ``ConvolutionGeometry/patchLength`` numbers, in the order of the weights, a
/// convolution is a product of matrices. Pixels outside the image count as zero.
extension ConvolutionGeometry {
  /// Copies the patches of one image (H, W, C) into `patches` (positions, patchLength).
  ///
  /// Writes past the end of the last patch, into the slack that every ``Buffer`` has.
  func gatherPatches(of image: UnsafePointer<Float>, into patches: UnsafeMutablePointer<Float>) {
    forEachPatchRow { patch, row in
      let destination = patches + patch
      if row.before > 0 { destination.update(repeating: 0, count: row.before) }
      copy(image + row.source, to: destination + row.before, count: row.count)
      if row.after > 0 {
        (destination + row.before + row.count).update(repeating: 0, count: row.after)
      }
    }
  }

  /// The transpose of ``gatherPatches(of:into:)``: adds each patch to the image (H, W, C) where it
  /// was taken from ("col2im").
  func scatterPatches(
    _ patches: UnsafePointer<Float>, addingTo image: UnsafeMutablePointer<Float>
  ) {
    forEachPatchRow { patch, row in
      add(patches + patch + row.before, to: image + row.source, count: row.count)
    }
  }

  /// One row of the kernel over one output pixel: so many zeros left of the image, so many
  /// numbers from `source` on in the image, so many zeros right of it.
  private struct PatchRow {
    var before = 0
    var source = 0
    var count = 0
    var after = 0
  }

  /// Calls `body` for every output pixel and kernel row with the row's place in the patch matrix,
  /// in the order of that matrix.
  @inline(__always)
  private func forEachPatchRow(_ body: (_ patch: Int, PatchRow) -> Void) {
    let rowLength = kernelSize * inputChannels
    var patch = 0
    for y in 0..<outputHeight {
      for x in 0..<outputWidth {
        let left = x * stride - padding
        let first = max(left, 0)
        let end = max(first, min(left + kernelSize, width))
        for kernelRow in 0..<kernelSize {
          let inputRow = y * stride - padding + kernelRow
          var row = PatchRow(before: rowLength)
          if inputRow >= 0 && inputRow < height && first < end {
            row.before = (first - left) * inputChannels
            row.source = (inputRow * width + first) * inputChannels
            row.count = (end - first) * inputChannels
            row.after = rowLength - row.before - row.count
          }
          body(patch, row)
          patch += rowLength
        }
      }
    }
  }
}

/// Copies whole vectors, so up to 15 numbers more than `count`: what comes next overwrites them.
@inline(__always)
private func copy(
  _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i < count {
    (destination + i).vector = (source + i).vector
    i += Buffer.vectorWidth
  }
}

/// Adds exactly `count` numbers.
@inline(__always)
private func add(
  _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i + Buffer.vectorWidth <= count {
    (destination + i).vector += (source + i).vector
    i += Buffer.vectorWidth
  }
  while i < count {
    destination[i] += source[i]
    i += 1
  }
}
