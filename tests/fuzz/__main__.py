"""Run mutants through everything that reads X12 and through the readers of records, on all cores.

The seeds of those that broke a law come at the end.
"""

from __future__ import annotations

import argparse
import resource
import time
import traceback
from collections.abc import Iterator
from multiprocessing import Pool

from tests.fuzz.laws import broken_laws, unrejected
from tests.fuzz.mutants import mutant, truncated
from tests.fuzz.record_laws import broken_record_laws
from tests.fuzz.record_mutants import mutant as record_mutant

_BATCH = 100
_CUT_EVERY = 10
_MOST_MB = 300
"""Of a worker that reads one damaged file after the other, its imports and samples included."""


def main() -> int:
    """Exit 1 where a law was broken."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--mutants", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=20261122)
    words.add_argument("--workers", type=int, default=2)
    given = words.parse_args()
    began, broken = time.monotonic(), list[str]()
    starts = range(given.seed, given.seed + given.mutants, _BATCH)
    with Pool(given.workers) as pool:
        for number, found in enumerate(pool.imap_unordered(_batch, starts), 1):
            broken += found
            if number % 50 == 0:
                print(f"  {number * _BATCH} mutants, {len(broken)} broke a law", flush=True)
    for line in broken[:50]:
        print(line)
    print(f"{given.mutants} mutants in {time.monotonic() - began:.0f} s, {len(broken)} broke a law; seed {given.seed}")
    return 1 if broken else 0


def _batch(start: int) -> list[str]:
    broken = [line for seed in range(start, start + _BATCH) for line in _told(seed)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*broken, f"seeds from {start}: the worker has grown to {peak_mb:.0f} MB"] if peak_mb > _MOST_MB else broken


def _told(seed: int) -> Iterator[str]:
    try:
        for line in broken_laws(mutant(seed)):
            yield f"seed {seed}: {line}"
        if seed % _CUT_EVERY == 0 and unrejected(truncated(seed)):
            yield f"seed {seed}: a truncated file is not rejected"
        for line in broken_record_laws(record_mutant(seed)):
            yield f"seed {seed}: records: {line}"
    except Exception:  # noqa: BLE001  any exception is what we look for
        yield f"seed {seed}: {traceback.format_exc(limit=-3)}"


if __name__ == "__main__":
    raise SystemExit(main())
