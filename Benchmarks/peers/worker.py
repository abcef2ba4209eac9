"""What the scripts of the peers share: how they are timed, and how they talk to compare.py.

A worker gets ready and warm, says so, and then answers each line that it reads with one sample.
Everything it says is a line of JSON; a worker that cannot do its work says why instead.
"""

import json
import os
import resource
import sys
import time

# As long as the samples of our own benchmark.
SAMPLE_SECONDS = 1.0


def seconds_per_call(work):
    """The mean over as many calls as fill SAMPLE_SECONDS."""
    start = time.perf_counter()
    calls = 0
    while True:
        work()
        calls += 1
        elapsed = time.perf_counter() - start
        if elapsed >= SAMPLE_SECONDS:
            return elapsed / calls


def peak_memory():
    """The most memory that this process had in use so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def serve(prepare):
    """Calls `prepare` once, and what that returns for each sample, which is a dictionary."""
    # Libraries that print would disturb the conversation.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    try:
        sample = prepare()
        say({"ready": True})
        for _ in sys.stdin:
            say(sample())
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        say({"unavailable": f"{type(error).__name__}: {lines[0]}"})
