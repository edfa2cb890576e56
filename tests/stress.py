"""Kill the real run at random moments, many times, and see that nothing is lost.

    .venv/bin/python tests/stress.py --kills 36 --seed 1

Each round begins in a new folder. There, Snakemake or one of its workers is killed (-9) a few
times, each time after the run has been started again; the last start may finish. All tables and
figures have to be those of a run that nobody disturbed, byte for byte.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Study
from killing import kill_main, kill_worker, outputs

KILLS_PER_ROUND = 3


def main(n_kills: int, seed: int) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first, it may compile", "undisturbed"):
            undisturbed = Study(Path(folder) / name, {})
            begin = time.monotonic()
            undisturbed.snakemake()
            duration_s = time.monotonic() - begin
        expected = outputs(undisturbed)
        print(f"undisturbed: {duration_s:.1f} s, {len(expected)} files", flush=True)

        killed = rounds = 0
        while killed < n_kills:
            rounds += 1
            study = Study(Path(folder) / f"round {rounds}", {})
            for _ in range(KILLS_PER_ROUND):
                after_s = rng.uniform(0.2, duration_s)
                if kill(study, after_s, rng):
                    killed += 1
                else:
                    duration_s = min(duration_s, after_s)
            study.snakemake()
            if outputs(study) != expected:
                sys.exit(f"round {rounds} of seed {seed}: results differ")
        print(f"{killed} kills in {rounds} rounds survived, {len(expected)} files the same")


def kill(study: Study, after_s: float, rng: random.Random) -> bool:
    """Whether the run was still going then."""
    victim = rng.choice(["Snakemake", "a worker"])
    run = study.start()
    if victim == "Snakemake":
        killed = kill_main(run, after_s)
    else:
        killed = kill_worker(run, after_s, rng)
    print(f"{victim}: {'killed' if killed else 'ended before'} ({after_s:.1f} s)", flush=True)
    return killed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    main(arguments.kills, arguments.seed)
