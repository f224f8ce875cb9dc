"""Runs every benchmark, prints the table and writes `benchmarks/results.json`. Arguments name those to run.

With ``BENCH_SCALE=0.05`` everything is smaller, for trying: goals may be missed, and nothing is written.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks import answering, crashing, delivering, serving, starting, teams, teams_crashing, ticking, workers
from benchmarks.row import Row, machine
from benchmarks.scale import SCALE

RESULTS = Path(__file__).parent / "results.json"
ALL = {
    "answering": answering.measure,
    "crashing": crashing.measure,
    "delivering": delivering.measure,
    "workers": workers.measure,
    "ticking": ticking.measure,
    "serving": serving.measure,
    "starting": starting.measure,
    "teams": teams.measure,
    "teams-crashing": teams_crashing.measure,
}


def table(rows: list[dict[str, object]]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| what | measured | goal |", "|---|---|---|"]
    for row in rows:
        goal = f"{row['goal']}{'' if row['holds'] else ' (missed)'}" if row["goal"] else "none set"
        lines.append(f"| {row['name']} | {row['value']} {row['unit']} | {goal} |")
    return "\n".join(lines)


def main() -> None:
    wanted = sys.argv[1:] or list(ALL)
    if unknown := set(wanted) - set(ALL):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(ALL)}.")
    rows: list[Row] = []
    for name in wanted:
        print(f"measuring: {name}", file=sys.stderr)
        began = time.monotonic()
        rows += ALL[name]()
        print(f"  that took {time.monotonic() - began:.0f} s", file=sys.stderr)
    told = [row.told() for row in rows]
    if not sys.argv[1:] and SCALE == 1:
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"On {machine()}\n\n{table(told)}")
    if not all(row.holds for row in rows):
        sys.exit("A goal was not reached.")


if __name__ == "__main__":
    main()
