"""The coverage-guided fuzzer (atheris, on libFuzzer) as a function. Its process ends with the run."""

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("The fuzzer needs atheris, which is ready-made for Linux on x86-64 only.")

LONGEST_INPUT = 4400
"""A little more than any code holds."""
_SLOWEST_S = 5
_MOST_MEGABYTES = 1024


def instrumented(*packages: str) -> AbstractContextManager[None]:
    """Import `packages` under this, so that the fuzzer sees their branches."""
    watching: AbstractContextManager[None] = atheris.instrument_imports(include=list(packages))
    return watching


def fuzz(check: Callable[[bytes], None], seeds: Iterable[bytes], seconds: int, folder: Path) -> None:
    """Give `check` ever new bytes for `seconds`; never returns.

    An exception of `check`, an input that takes longer than 5 s or more than 1 GiB ends the process with a failure and
    leaves the input as `folder/crash-*` (or timeout-, oom-). What reached new branches stays in `folder/corpus`, and
    the next run starts from there.
    """
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST_INPUT,
        "timeout": _SLOWEST_S,
        "rss_limit_mb": _MOST_MEGABYTES,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    atheris.Setup([sys.argv[0], str(corpus), *(f"-{name}={value}" for name, value in options.items())], check)
    atheris.Fuzz()
