"""The peers of EngineServer: one work a line of input, answered with CPU seconds, result, peak memory and memory at the start in KiB.

Usage: engine_peers.py NAME, one of WORKS.
"""
import sys
import time

import format_peers

WORKS = {**format_peers.WORKS}


def status(key):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(key))


def main():
    work = WORKS[sys.argv[1]]()
    start = status("VmRSS:")
    for _ in sys.stdin:
        before = time.process_time()
        result = work()
        print(time.process_time() - before, float(result), status("VmHWM:"), start, flush=True)


if __name__ == "__main__":
    main()
