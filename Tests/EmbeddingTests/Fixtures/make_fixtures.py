"""Makes digits.tsv and expected.json: pip install numpy scikit-learn, then run it in this folder."""

import json

import numpy as np
import sklearn
from scipy.sparse import csr_matrix
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

POINTS, PERPLEXITY = 500, 30
digits = load_digits()
pixels = digits.data[:POINTS]
with open("digits.tsv", "w") as file:
    for label, row in zip(digits.target, pixels.astype(int)):
        print(label, *row, sep="\t", file=file)

pca = PCA(5, svd_solver="full").fit(pixels)
projected = pca.transform(pixels)

neighbours = NearestNeighbors(n_neighbors=3 * PERPLEXITY + 1).fit(pixels)
distances = neighbours.kneighbors_graph(mode="distance")
squared = csr_matrix((distances.data**2, distances.indices, distances.indptr), distances.shape)
joint = csr_matrix(_joint_probabilities_nn(squared, PERPLEXITY, 0))
joint.sort_indices()


def row_of(matrix, row):
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return {
        "row": row,
        "columns": matrix.indices[part].tolist(),
        "values": [float(f"{value:.7g}") for value in matrix.data[part]],
    }


def divergence(points):
    """KL(P‖Q) of an embedding, Q over all pairs and in double precision."""
    points = points.astype(float)
    weights = 1 / (1 + ((points[:, None] - points[None]) ** 2).sum(2))
    np.fill_diagonal(weights, 0)
    entries = joint.tocoo()
    kept = entries.data > 0
    p = entries.data[kept] / entries.data.sum()
    q = weights[entries.row[kept], entries.col[kept]] / weights.sum()
    return float((p * np.log(p / q)).sum())


tsne = TSNE(perplexity=PERPLEXITY, init="pca", max_iter=1000, random_state=0)
points = tsne.fit_transform(pixels)

json.dump(
    {
        "scikitLearn": sklearn.__version__,
        "explainedVariance": pca.explained_variance_.tolist(),
        "explainedVarianceRatio": pca.explained_variance_ratio_.tolist(),
        "projected": projected[:10].tolist(),
        "affinities": [row_of(joint, row) for row in (0, 123, 499)],
        "reportedDivergence": float(tsne.kl_divergence_),
        "divergence": divergence(points),
    },
    open("expected.json", "w"),
    indent=1,
)
