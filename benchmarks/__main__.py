"""Speed and memory on this machine.

    make bench                          # all sections, some minutes
    make bench ARGS="import memory"     # some of them

Each section yields lines. It prepares what it needs in a temporary folder, so that nothing in `data/` is read
or touched. Times are medians, with the range over repeats.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import demos, files, pages, training
from benchmarks.measure import Line, busy, watched

SECTIONS: dict[str, Callable[[Path], Iterator[Line]]] = {
    "import": files.start,
    "cohort": files.cohort,
    "slicing": files.slicing,
    "memory": files.memory,
    "segment": files.segment,
    "pipeline": training.pipeline,
    "training": training.dcgan,
    "pix2pix": training.pix2pix,
    "explorer": pages.explorer,
    "playground": pages.playground,
    "demos": demos.demos,
}


def main() -> None:
    """Print the lines of the sections, and how busy the machine is before and meanwhile."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="section", help=f"some of {', '.join(SECTIONS)} (all)")
    chosen = parser.parse_args().sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with watched() as others:
        time.sleep(2)
    print(f"Before: {busy(others[0])}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            section = SECTIONS[name]
            print(f"\n{name}: {(section.__doc__ or '').splitlines()[0]}")
            with watched() as others:
                for what, value, aim in section(Path(folder)):
                    print(f"  {what:<45} {value}" + (f"   [aim: {aim}]" if aim else ""), flush=True)
            print(f"  meanwhile: {busy(others[0])}")


if __name__ == "__main__":
    main()
