"""The peers of EngineServer: one work a line of input, answered with CPU seconds, result, peak memory and memory at the start in KiB,
and the peer's name.

Usage: engine_peers.py NAME, one of WORKS. An entry of WORKS takes a list of one number, to which the work adds CPU seconds that are not
to count, prepares the input and gives the peer's name, such as "scipy", and the work, a function that returns a number.
"""
import importlib
import sys
import time

WORKS = {}
for module in ("dicom_peers", "format_peers", "morphology_peers", "sliding_peers"):
    try:
        WORKS.update(importlib.import_module(module).WORKS)
    except ImportError as missing:
        print(f"{module}: {missing}; its rows cannot be measured.", file=sys.stderr)


def status(key):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(key))


def main():
    excluded = [0.0]
    peer, work = WORKS[sys.argv[1]](excluded)
    start = status("VmRSS:")
    for _ in sys.stdin:
        before = time.process_time() - excluded[0]
        result = work()
        print(time.process_time() - excluded[0] - before, float(result), status("VmHWM:"), start, peer, flush=True)


if __name__ == "__main__":
    main()
