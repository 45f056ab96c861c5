"""Counts what was checked; the last line is "N passed, N failed"."""

import sys

passed = 0
failed = 0


def check(name, good, *details):
    global passed, failed
    passed += bool(good)
    failed += not good
    print(f"ok: {name}" if good else f"failed: {name}", flush=True)
    if not good:
        print(*details, sep="\n", flush=True)


def same(name, found, expected):
    check(name, found == expected, f"  found:    {found}", f"  expected: {expected}")


def close():
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)
