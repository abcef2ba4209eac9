"""Timing, and the protocol between compare.py and the scripts of the peers.

A worker prepares and warms up, then writes {"ready": true}, and then answers each line of its standard
input with a sample. Every answer is a line of JSON. A worker that fails answers {"unavailable": reason}.
"""

import json
import os
import resource
import sys
import time

# The duration of a sample, the same as in our own benchmark.
SAMPLE_SECONDS = 1.0


def seconds_per_call(work):
    """The mean time of a call, over as many calls as fit into SAMPLE_SECONDS."""
    start = time.perf_counter()
    calls = 0
    while True:
        work()
        calls += 1
        elapsed = time.perf_counter() - start
        if elapsed >= SAMPLE_SECONDS:
            return elapsed / calls


def peak_memory():
    """The peak resident size of this process in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def serve(prepare):
    """Calls `prepare` once; the function that it returns takes a sample, a dictionary."""
    # Keeps the output of libraries out of the protocol.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def send(answer):
        print(json.dumps(answer), file=answers, flush=True)

    try:
        sample = prepare()
        send({"ready": True})
        for _ in sys.stdin:
            send(sample())
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        send({"unavailable": f"{type(error).__name__}: {lines[0]}"})
