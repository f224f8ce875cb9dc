"""Runs every benchmark, prints the table and writes `benchmarks/results.json`. An argument names those to run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import answering, delivering
from benchmarks.row import Row, machine

RESULTS = Path(__file__).parent / "results.json"
ALL = {"answering": answering.measure, "delivering": delivering.measure}


def table(rows: list[dict[str, object]]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| what | measured | goal |", "|---|---|---|"]
    lines += [f"| {row['name']} | {row['value']} {row['unit']} | {row['goal'] or 'none set'} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    wanted = sys.argv[1:] or list(ALL)
    rows: list[Row] = []
    for name in wanted:
        print(f"measuring: {name}", file=sys.stderr)
        rows += ALL[name]()
    told = [row.told() for row in rows]
    if not sys.argv[1:]:
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"On {machine()}\n\n{table(told)}")
    if not all(row.holds for row in rows):
        sys.exit("A goal was not reached.")


if __name__ == "__main__":
    main()
