"""What the peers' scripts share: the study, one core, and one run for every line they are sent."""

import argparse
import json
import os
import sys
from collections.abc import Callable

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--N", type=int, default=6500)
parser.add_argument("--duration_s", type=float, default=10)
parser.add_argument("--weight_pS", type=float, default=14)


def lognormal_rates(N: int) -> np.ndarray:
    """Rates [N] (Hz) with the thesis's distribution."""
    return np.exp(np.random.default_rng(1).normal(np.log(4) - 0.3, np.sqrt(0.6), N))


def serve(simulator: str, run: Callable[[], dict]) -> None:
    """For every line read, run once and print what ``run`` measured.

    It measures the seconds without set-up and compilation, and the output rate as a check of sense.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps({"simulator": simulator}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(run()), flush=True)
