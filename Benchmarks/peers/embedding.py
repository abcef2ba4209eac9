"""t-SNE of MNIST's digits in scikit-learn and openTSNE; worker.py describes the protocol.

Both start from 50 principal components and run 1,000 iterations, 250 of them with early exaggeration;
their other settings are the defaults. The final divergence is computed from the points as in the
engine, because each library estimates it differently: over the 91 nearest neighbours of each digit,
with the exact normaliser over all pairs.
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy as np
import openTSNE
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from worker import serve

PERPLEXITY = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=["sklearn", "bh", "fft"])
    parser.add_argument("--images", choices=["test", "all"], required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    serve(lambda: prepare(options))


def prepare(options):
    splits = ["t10k"] if options.images == "test" else ["train", "t10k"]
    pixels = np.concatenate([read_images(options.data, split) for split in splits])
    components = PCA(50, svd_solver="full").fit_transform(pixels.astype(np.float32) / 255)
    affinities = openTSNE.affinity.PerplexityBasedNN(
        components, PERPLEXITY, method="exact", k_neighbors=3 * PERPLEXITY + 1,
        n_jobs=options.threads)

    if options.method == "sklearn":
        def embed():
            return TSNE(perplexity=PERPLEXITY, n_jobs=options.threads).fit_transform(components)
    else:
        tsne = openTSNE.TSNE(
            perplexity=PERPLEXITY, negative_gradient_method=options.method, n_iter=750,
            n_jobs=options.threads)

        def embed():
            return np.asarray(tsne.fit(components))

    def sample():
        start = time.perf_counter()
        points = embed()
        seconds = time.perf_counter() - start
        return {"value": seconds, "kl": divergence(affinities.P, points)}

    return sample


def read_images(directory, split):
    """The images of a split of MNIST, one per row, from the first of the usual paths that exists."""
    names = [f"{split}-images{mark}idx3-ubyte{end}" for mark in "-." for end in ["", ".gz"]]
    for path in (folder / name for folder in [directory / "mnist", directory / "MNIST" / "raw", directory] for name in names):
        if path.exists():
            with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
                return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28 * 28)
    raise FileNotFoundError(f"{directory}: found no MNIST, expected its files; make data downloads them")


def divergence(joint, points):
    """The divergence KL(P‖Q) of points in the plane for sparse joint probabilities P, in nats."""
    points = points.astype(np.float64)
    squares = (points**2).sum(1)
    normaliser = -float(len(points))
    for start in range(0, len(points), 1000):
        some = slice(start, start + 1000)
        distances = squares[some, None] + squares - 2 * points[some] @ points.T
        normaliser += (1 / (1 + np.maximum(distances, 0))).sum()
    pairs = joint.tocoo()
    p = pairs.data / pairs.data.sum()
    distances = ((points[pairs.row] - points[pairs.col]) ** 2).sum(1)
    return float((p * np.log(p * (1 + distances))).sum() + np.log(normaliser))


if __name__ == "__main__":
    main()
