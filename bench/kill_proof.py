"""The kill -9 proof in full: ``python bench/kill_proof.py --kills 100``. Exit status 1 when the law was broken.

tank_cli/kill_proof.py says what is done and what the law is.
"""

from __future__ import annotations

import argparse
import sys
import time

from tank_cli.kill_proof import prove, table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kill -9 of driver, executor, language node and guardian in turn")
    parser.add_argument("--hangs", type=int, default=0, help="SIGSTOP for a second, of the same")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--domain", default="86", help="ROS_DOMAIN_ID, away from a stack that may run already")
    parser.add_argument("--model", default="", help="path of a GGUF model (default: Tank's own)")
    options = parser.parse_args()
    began = time.monotonic()
    tell = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
    trials = prove(options.kills, options.hangs, options.seed, options.domain, tell, options.model)
    print(table(trials))
    print(f"{len(trials)} trials in {time.monotonic() - began:.0f} s")
    return 0 if all(trial.passed for trial in trials) else 1


if __name__ == "__main__":
    sys.exit(main())
