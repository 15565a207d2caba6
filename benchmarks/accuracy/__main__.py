"""Measure the accuracy of the detectors beside their peers: ``make accuracy``."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from benchmarks.accuracy.figures import FAMILY_OF, write_figures

FAMILIES = ("secrets", "containers", "pii", "confidential", "licensing", "provenance", "redaction")


def main() -> None:
    """Run the families asked for and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=FAMILIES)
    parser.add_argument("--peers", action="store_true", help="also run the peers (minutes)")
    parser.add_argument(
        "--write", action="store_true", help="also keep the figures that releases print"
    )
    arguments = parser.parse_args()
    for family in arguments.families:
        started = time.perf_counter()
        module = importlib.import_module(f"benchmarks.accuracy.{family}")
        reports = module.run(peers=arguments.peers)
        for report in reports:
            print(report.markdown())
        if arguments.write and family in FAMILY_OF:
            write_figures(family, reports)
        print(f"{family}: {time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
