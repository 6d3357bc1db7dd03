#!/usr/bin/env python3
"""Breaks a table of the protocol in every small way, one at a time, and lists what nobody noticed.

An edit drops a row or an effect, swaps two rows, or changes a move. The build must fail by a law, or a test must fail;
what survives both is printed, and wants a law or a story. Run it in a clean clone, for it edits the table in place:

    tests/tools/break_the_table.py [--table session|client] [--only TEXT] [--sample N] [--laws-only]
"""

import argparse
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^(\s*R\((\w+),\s*&\[(.*)\],\s*)(Stay|End|Become\(\w+\))\)(\],?|,)\s*$")
TESTS = {
    "session": [["-p", "hobnob-tests", "--test", "stories"], ["-p", "hobnob-sim"]],
    "client": [["-p", "hobnob-machine"]],
}


def effects_of(text):
    """The effects of a row, split at the commas between them."""
    return [part for part in re.split(r",\s*(?![^()]*\))", text) if part]


def edits(lines):
    """Every edit: what it does, and the lines that it makes."""
    cell = ""
    for at, line in enumerate(lines):
        cell = line.strip() if "=> &[" in line else cell
        row = ROW.match(line)
        if not row:
            continue
        head, guard, effects, move, tail = row.groups()
        where = f"{at + 1}: {cell.split(' =>')[0]} [{guard}]"
        last = tail.startswith("]")
        if not last:
            yield f"{where} drop the row", lines[:at] + lines[at + 1:]
            if ROW.match(lines[at + 1]) and not lines[at + 1].rstrip().rstrip(",").endswith("]"):
                swapped = lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2:]
                yield f"{where} swap with the next row", swapped
        parts = effects_of(effects)
        for drop, effect in enumerate(parts):
            rest = ", ".join(parts[:drop] + parts[drop + 1:])
            changed = line.replace(f"&[{effects}]", f"&[{rest}]")
            yield f"{where} drop {effect}", lines[:at] + [changed] + lines[at + 1:]
        for other in ("Stay", "End"):
            if other != move:
                changed = re.sub(rf"{re.escape(move)}\)(\],?|,)\s*$", rf"{other})\1", line)
                yield f"{where} {move} becomes {other}", lines[:at] + [changed] + lines[at + 1:]


def fails(command):
    """Whether a cargo command fails."""
    return subprocess.run(["cargo", *command], cwd=ROOT, capture_output=True, check=False).returncode != 0


def main():
    """Tries the edits and prints the survivors."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--table", choices=sorted(TESTS), default="session")
    asked.add_argument("--only", default="", help="only edits whose description holds this text")
    asked.add_argument("--sample", type=int, default=0, help="only so many, drawn at random")
    asked.add_argument("--seed", type=int, default=1, help="of the drawing")
    asked.add_argument("--laws-only", action="store_true", help="do not run the tests")
    args = asked.parse_args()
    path = ROOT / "spec/src" / args.table / "table.rs"
    original = path.read_text()
    lines = original.splitlines()
    tried = [edit for edit in edits(lines) if args.only in edit[0]]
    if args.sample:
        tried = random.Random(args.seed).sample(tried, min(args.sample, len(tried)))
    by_law, by_test, survivors = 0, 0, []
    try:
        for what, changed in tried:
            path.write_text("\n".join(changed) + "\n")
            if fails(["check", "-q", "-p", "hobnob-spec"]):
                by_law += 1
            elif not args.laws_only and any(fails(["test", "-q", *test]) for test in TESTS[args.table]):
                by_test += 1
            else:
                survivors.append(what)
                print(f"SURVIVED {what}", flush=True)
    finally:
        path.write_text(original)
    print(f"{len(tried)} edits: {by_law} stopped the build, {by_test} failed a test, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
