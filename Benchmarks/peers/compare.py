"""Compares the engine with PyTorch, scikit-learn and openTSNE: `make bench-peers`.

All peers of a comparison are prepared first. In each round, our own benchmark and then every peer take
one sample while the others are idle, so that each ratio compares samples of the same minutes. To be run
from the root of the package.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import statistics
import sys
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path

from comparisons import COMPARISONS
from contestants import Ours, Peer, Unavailable

# The required packages, and the names of their modules.
PACKAGES = {"torch": "torch", "scikit-learn": "sklearn", "openTSNE": "openTSNE"}


def main():
    settings = parse_settings()
    chosen = {name: COMPARISONS[name] for name in settings.only}
    known = [peer for comparison in chosen.values() for peer in comparison.peers]
    if not any(settings.peers in peer for peer in known):
        sys.exit(
            f'bench-peers: --peers: found "{settings.peers}", expected a part of the name of a '
            f"peer: {', '.join(dict.fromkeys(known))}")
    require({package for comparison in chosen.values() for package in comparison.packages})
    settings.out.mkdir(parents=True, exist_ok=True)
    record = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "processor": processor(),
        "threads": settings.threads,
        "versions": versions(),
        "comparisons": {},
    }
    for name, comparison in chosen.items():
        result, ours = compare(name, comparison, settings)
        record |= {key: ours[key] for key in ["commit", "dirty", "blasCore"]}
        record["comparisons"][name] = result
        print(table(comparison, result), flush=True)
        write(record, settings.out / "bench-peers.json")


def parse_settings():
    standard = [name for name, comparison in COMPARISONS.items() if comparison.is_standard]
    parser = argparse.ArgumentParser(
        prog="bench-peers", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", type=names, default=standard, metavar="NAME[,NAME...]",
        help=f"names of the comparisons, of {', '.join(COMPARISONS)} (default {', '.join(standard)})")
    parser.add_argument(
        "--peers", default="", metavar="TEXT",
        help='only peers with this in their names, such as "fp32" (default all)')
    parser.add_argument(
        "--rounds", type=positive, default=5, metavar="N",
        help="number of samples of each contestant (default %(default)s)")
    parser.add_argument(
        "--threads", type=positive, default=cores(), metavar="N",
        help="number of threads of each contestant (default all cores)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR",
        help="directory of the data sets (default data; make data fills it)")
    parser.add_argument(
        "--out", type=Path, default=Path("figures"), metavar="DIR",
        help="directory of bench-peers.json (default %(default)s)")
    return parser.parse_args()


def cores():
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def names(text):
    for name in text.split(","):
        if name not in COMPARISONS:
            raise argparse.ArgumentTypeError(
                f'found "{name}", expected one of {", ".join(COMPARISONS)}')
    return text.split(",")


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a whole number above 0')
    return int(text)


def require(packages):
    """Exits with the command that installs the missing packages, if any are missing."""
    missing = [p for p in PACKAGES if p in packages and not importlib.util.find_spec(PACKAGES[p])]
    if missing:
        sys.exit(
            f"bench-peers: {', '.join(missing)}: not installed; run this command, then make again:\n"
            f"  {sys.executable} -m pip install {' '.join(PACKAGES)}")


def processor():
    """The name of the processor and its widest vector instructions, as far as they are known."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    flags = found.get("flags", "").split()
    widest = next((name for name in ["avx512f", "avx2"] if name in flags), platform.machine())
    keys = ["model name", "cpu family", "model"]
    return ", ".join(f"{key} {found[key]}" for key in keys if key in found) + f", {widest}"


def versions():
    installed = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return installed


def compare(name, comparison, settings):
    """The statistics of a comparison, and the record of our last sample."""
    unavailable = {}
    peers = {
        peer: command for peer, command in comparison.peers.items() if settings.peers in peer}
    samples = {"ours": []} | {peer: [] for peer in peers}
    with ExitStack() as stack:
        contestants = {}
        for peer, command in peers.items():
            note(f"{name}: preparing {peer}")
            contestants[peer] = Peer(command, comparison, settings)
            stack.callback(contestants[peer].stop)
            try:
                contestants[peer].prepare()
            except Unavailable as reason:
                unavailable[peer] = str(reason)
        ours = Ours(comparison, settings)
        for round in range(settings.rounds):
            note(f"{name}: round {round + 1} of {settings.rounds}")
            try:
                samples["ours"].append(ours.sample())
            except Unavailable as reason:
                sys.exit(f"bench-peers: {name}: {reason}")
            for peer in [peer for peer in contestants if peer not in unavailable]:
                try:
                    samples[peer].append(contestants[peer].sample())
                except Unavailable as reason:
                    unavailable[peer] = str(reason)
    record = samples["ours"][-1]["record"]
    return summary(comparison, samples, unavailable), record


def summary(comparison, samples, unavailable):
    """Statistics of each contestant's values, divergences and ratios, with one ratio per round."""
    ours = [sample["value"] for sample in samples["ours"]]
    contestants = {}
    for contestant, taken in samples.items():
        if contestant in unavailable:
            contestants[contestant] = {"unavailable": unavailable[contestant]}
            continue
        values = [sample["value"] for sample in taken]
        contestants[contestant] = {"value": spread(values)}
        if comparison.divergence:
            contestants[contestant]["kl"] = spread([sample["kl"] for sample in taken])
        if contestant != "ours":
            contestants[contestant]["ratio"] = spread(
                [comparison.ratio(*pair) for pair in zip(ours, values, strict=True)])
    return {
        "title": comparison.title, "unit": comparison.unit, "contestants": contestants}


def spread(values):
    return {
        "median": statistics.median(values), "min": min(values), "max": max(values),
        "n": len(values)}


def table(comparison, result):
    header = [f"{comparison.title}, {comparison.unit}", "median", "min", "max", "ours is better by", ""]
    rows = [header + (["KL"] if comparison.divergence else [])]
    notes = []
    for contestant, found in result["contestants"].items():
        if "unavailable" in found:
            notes.append(f"  {contestant}: not available ({found['unavailable']})")
            continue
        value, ratio = found["value"], found.get("ratio")
        row = [f"  {contestant}"]
        row += [f"{value[key]:.{comparison.decimals}f}" for key in ["median", "min", "max"]]
        row += (
            [f"{ratio['median']:.2f}×", f"({ratio['min']:.2f} to {ratio['max']:.2f})"]
            if ratio else ["", ""])
        if comparison.divergence:
            row.append(f"{found['kl']['median']:.4f}")
        rows.append(row)
    return "\n".join([*aligned(rows), *notes, ""])


def aligned(rows):
    """Aligned lines of text: the first column is left-aligned, the others right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows]


def note(text):
    print(text, file=sys.stderr, flush=True)


def write(record, path):
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    partial.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    partial.replace(path)


if __name__ == "__main__":
    main()
