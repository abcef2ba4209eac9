"""The contestants that take samples: our own benchmark, and the worker of a peer (see worker.py)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(".build/release/bench")


class Unavailable(Exception):
    """The reason why a contestant cannot run."""


class Ours:
    """Our own benchmark, in a new process for each sample."""

    def __init__(self, comparison, settings):
        self.comparison = comparison
        self.command = [
            BENCH, "--json", "--rounds", "1", "--only", comparison.benchmark,
            "--threads", str(settings.threads)]
        if settings.data:
            self.command += ["--data", str(settings.data)]

    def sample(self):
        """A dictionary with the value, for t-SNE the divergence, and the record."""
        run = subprocess.run(self.command, capture_output=True, text=True)
        if run.returncode != 0:
            raise Unavailable(last_line(run.stderr))
        record = json.loads(run.stdout)
        values = {name: metric["median"] for name, metric in record["metrics"].items()}
        values["peakMemory"] = record["peakMemoryBytes"] * 1e-6
        sample = {"value": values[self.comparison.metric], "record": record}
        if self.comparison.divergence:
            sample["kl"] = values[self.comparison.divergence]
        return sample


class Peer:
    """The worker of a peer: one process for all samples, or a new process for each."""

    def __init__(self, command, comparison, settings):
        script, *arguments = command
        self.command = [
            sys.executable, Path(__file__).parent / script, *arguments,
            "--threads", str(settings.threads)]
        if comparison.divergence:
            self.command += ["--data", str(settings.data or "data")]
        self.environment = os.environ | {"OMP_NUM_THREADS": str(settings.threads)}
        self.takes_fresh_process = comparison.takes_fresh_process
        self.process = None

    def prepare(self):
        if not self.takes_fresh_process:
            self.start()

    def sample(self):
        """A dictionary with the value and, for t-SNE, the divergence."""
        if self.takes_fresh_process:
            self.start()
        self.process.stdin.write("sample\n")
        self.process.stdin.flush()
        answer = self.answer()
        if self.takes_fresh_process:
            self.stop()
        return answer

    def start(self):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command, env=self.environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.errors)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            error = last_line(self.errors.read())
            raise Unavailable(f"exit status {self.process.wait()}: {error}")
        answer = json.loads(line)
        if "unavailable" in answer:
            raise Unavailable(answer["unavailable"])
        return answer

    def stop(self):
        if self.process:
            self.process.communicate()
            self.process = None


def last_line(text):
    return (text.strip().splitlines() or ["no error message"])[-1]
