/// The transformed filters of a convolution: for each pair of kinds of points a matrix (inputs,
/// outputs), packed as the right operand of matrix products.
struct WinogradFilters<Scheme: WinogradScheme> {
  private let inputs: Int
  /// The matrices, each as panels of 16 outputs (outputs / 16, inputs, 16).
  private let storage: Storage
  /// The distance from one matrix to the next, in elements.
  private let pairStride: Int

  /// Transforms `weights` (3, 3, inputs, outputs), where `outputs` is a multiple of 16.
  ///
  /// The transform uses double precision: it happens only once per step, and the products would
  /// amplify its rounding errors.
  init(_ weights: UnsafePointer<Float>, inputs: Int, outputs: Int) {
    let width = Storage.vectorWidth
    self.inputs = inputs
    pairStride = inputs * outputs + width
    storage = Storage(count: Scheme.pairs * pairStride)
    Parallel.forEachRange(of: inputs) { [storage, pairStride] _, range in
      for input in range {
        for output in stride(from: 0, to: outputs, by: PreciseLanes.count) {
          // A panel starts at the index of its first output times the number of inputs.
          let lane = output % width
          unsafe Scheme.filter(
            PreciseLanes.self, weights + input * outputs + output, sourceStride: inputs * outputs,
            to: storage.pointer + (output - lane) * inputs + input * width + lane,
            targetStride: pairStride)
        }
      }
    }
  }

  /// Transforms the filters of the convolution that maps the output gradient to the input gradient.
  ///
  /// They are those of `weights` (3, 3, inputs, outputs), each rotated by 180°, with inputs and outputs
  /// exchanged: (3, 3, outputs, inputs). Both numbers are multiples of 16.
  init(turning weights: UnsafePointer<Float>, inputs: Int, outputs: Int) {
    let turned = Storage(count: 9 * inputs * outputs)
    Parallel.forEachPart(of: 9) { position in
      let source = unsafe weights + (8 - position) * inputs * outputs
      let target = unsafe turned.pointer + position * inputs * outputs
      // Sixteen outputs at a time, to use each cache line completely once it is loaded.
      for start in stride(from: 0, to: outputs, by: Storage.vectorWidth) {
        for c in 0..<inputs {
          for d in start..<start + Storage.vectorWidth {
            unsafe target[d * inputs + c] = source[c * outputs + d]
          }
        }
      }
    }
    unsafe self.init(turned.pointer, inputs: outputs, outputs: inputs)
    // Without this the storage might be released before its last use, because only its address is used.
    withExtendedLifetime(turned) {}
  }

  /// The filters (inputs, 16) of a pair of kinds of points for the 16 outputs from `output` on.
  func panel(pair: Int, output: Int) -> RightPanel {
    unsafe RightPanel(
      start: storage.pointer + pair * pairStride + output * inputs, width: Storage.vectorWidth,
      termStride: Storage.vectorWidth)
  }
}

/// The gradient with respect to the transformed filters: for each pair of kinds of points a row-major
/// matrix (inputs, outputs).
struct WinogradFilterGradient<Scheme: WinogradScheme> {
  private let inputs: Int
  private let outputs: Int
  /// The matrices (inputs, outputs).
  private let storage: Storage
  /// The distance from one matrix to the next, in elements.
  private let pairStride: Int

  /// Allocates the gradient without initialising it.
  init(inputs: Int, outputs: Int) {
    (self.inputs, self.outputs) = (inputs, outputs)
    // One cache line more than the matrix needs, for the reason given at matrixOffset.
    pairStride = inputs * outputs + Storage.vectorWidth
    storage = Storage(count: Scheme.pairs * pairStride)
  }

  /// Adds the contribution of a block of tile rows, `tiles`ᵀ·`gradients` for each pair of kinds of
  /// points, or overwrites the gradient with it.
  ///
  /// `tiles` are those of the input, `inputs` channels; `gradients` those of the output gradient, `outputs`
  /// channels.
  func add(
    _ tiles: WinogradTiles<Scheme>, _ gradients: WinogradTiles<Scheme>, tileRows: Int,
    _ mode: ProductTarget
  ) {
    tiles.forEachPair { pair, row, column in
      let left = unsafe LeftOperand(
        start: tiles.matrix(row, column), rowStride: 1, termStride: inputs,
        runLength: tiles.rows(row, column, tileRows: tileRows))
      for output in stride(from: 0, to: outputs, by: Storage.vectorWidth) {
        let panel = unsafe RightPanel(
          start: gradients.matrix(row, column) + output, width: Storage.vectorWidth,
          termStride: outputs)
        unsafe multiply(
          left, rows: inputs, panel, into: storage.pointer + pair * pairStride + output,
          rowStride: outputs, mode)
      }
    }
  }

  /// Writes the gradient with respect to the untransformed filters to `gradient` (3, 3, inputs,
  /// outputs).
  func transformBack(into gradient: UnsafeMutablePointer<Float>) {
    if Processor.hasWideVectors {
      unsafe transformBack(Vector.self, into: gradient)
    } else {
      unsafe transformBack(NarrowLanes.self, into: gradient)
    }
  }

  /// Transforms `lanes.count` filters at a time and writes them to `gradient` (3, 3, inputs, outputs).
  @inline(__always)
  private func transformBack(
    _ lanes: (some Lanes).Type, into gradient: UnsafeMutablePointer<Float>
  ) {
    for start in stride(from: 0, to: inputs * outputs, by: lanes.count) {
      unsafe Scheme.filterGradient(
        lanes, storage.pointer + start, sourceStride: pairStride, to: gradient + start,
        targetStride: inputs * outputs)
    }
  }
}
