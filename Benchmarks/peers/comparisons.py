"""The comparisons: workloads of `bench`, and the scripts in this folder that run them elsewhere."""

from dataclasses import dataclass

TEST_IMAGES = ["--images", "test"]
ALL_IMAGES = ["--images", "all"]
CHANNELS_LAST = "--channels-last"


@dataclass
class Comparison:
    """A workload and the peers that run it."""

    title: str
    unit: str
    # The name of the benchmark in `bench`, and the metric in its record.
    benchmark: str
    metric: str
    # The script of each peer and its arguments, by the peer's name.
    peers: dict[str, list[str]]
    decimals: int = 1
    # The metric of t-SNE's divergence in the record.
    divergence: str | None = None
    # Whether smaller values are better; a ratio above 1 always means that ours is better.
    less_is_better: bool = False
    # Whether each sample needs a new process.
    takes_fresh_process: bool = False
    packages: tuple[str, ...] = ("torch",)
    # Whether it runs without --only.
    is_standard: bool = True

    def ratio(self, ours, theirs):
        return theirs / ours if self.less_is_better else ours / theirs


def network(work, batch, *flags):
    return ["networks.py", work, "--batch", str(batch), *flags]


COMPARISONS = {
    "train64": Comparison(
        "WRN-28-2 training, batch 64", "images/s", "train64", "trainImagesPerSecond.batch64",
        {
            "PyTorch channels-last fp32": network("train", 64, CHANNELS_LAST),
            "PyTorch channels-last bf16": network("train", 64, CHANNELS_LAST, "--bf16"),
            "PyTorch compiled fp32": network("train", 64, CHANNELS_LAST, "--compile"),
            "PyTorch compiled bf16": network("train", 64, CHANNELS_LAST, "--compile", "--bf16"),
            "PyTorch NCHW fp32": network("train", 64),
        }),
    "infer256": Comparison(
        "WRN-28-2 inference, batch 256", "images/s", "infer256", "inferImagesPerSecond.batch256",
        {"PyTorch channels-last fp32": network("infer", 256, CHANNELS_LAST)}),
    "memory192": Comparison(
        "WRN-28-2 training, batch 192: peak memory of the process", "MB", "train192", "peakMemory",
        {"PyTorch channels-last fp32": network("memory", 192, CHANNELS_LAST)},
        decimals=0, less_is_better=True, takes_fresh_process=True),
    "mixmatch": Comparison(
        "MixMatch on WRN-28-2, 64 + 2·64 images", "iterations/s", "mixmatch",
        "mixmatchIterationsPerSecond",
        {
            "PyTorch channels-last fp32": ["mixmatch.py"],
            "PyTorch channels-last bf16": ["mixmatch.py", "--bf16"],
        },
        decimals=2),
    "chapter3": Comparison(
        "chapter 3's training, T = 0.5", "iterations/s", "chapter3", "chapter3IterationsPerSecond",
        {
            "PyTorch NCHW, two passes (notebook)": ["chapter3.py", "--passes", "2"],
            "PyTorch NCHW, one pass": ["chapter3.py", "--passes", "1"],
            "PyTorch channels-last, two passes": ["chapter3.py", "--passes", "2", CHANNELS_LAST],
            "PyTorch channels-last, one pass": ["chapter3.py", "--passes", "1", CHANNELS_LAST],
        }),
    "tsne10k": Comparison(
        "t-SNE of 10,000 digits", "s", "tsne10k", "tsne10kSeconds",
        {
            "scikit-learn": ["embedding.py", "sklearn", *TEST_IMAGES],
            "openTSNE Barnes-Hut": ["embedding.py", "bh", *TEST_IMAGES],
            "openTSNE FFT": ["embedding.py", "fft", *TEST_IMAGES],
        },
        decimals=2, divergence="tsne10kKL", less_is_better=True,
        packages=("scikit-learn", "openTSNE")),
    "tsne70k": Comparison(
        "t-SNE of 70,000 digits", "s", "tsne70k", "tsne70kSeconds",
        {"openTSNE FFT": ["embedding.py", "fft", *ALL_IMAGES]},
        decimals=1, divergence="tsne70kKL", less_is_better=True,
        packages=("scikit-learn", "openTSNE"), is_standard=False),
}
