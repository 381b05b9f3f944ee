"""The peers of EngineServer: one work a line of input, answered with CPU seconds, result, peak memory and memory at the start in KiB,
and the peer's name.

Usage: engine_peers.py NAME, one of WORKS. An entry of WORKS takes a list of one number, to which the work adds CPU seconds that are not
to count, prepares the input and gives the peer's name, such as "scipy", and the work, a function that returns a number.
"""
import sys
import time

import format_peers
import sliding_peers

WORKS = {**format_peers.WORKS, **sliding_peers.WORKS}


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
