"""Sizes of some trains' potentials by a ridge regression on a dense design.

    python ridge_run.py file.npz

The file holds ``y`` [n_bins] (mV), ``bins`` [n_spikes] and ``n_spikes`` of each train, and the
kernel's samples ``h``. Prints sizes (mV) and CPU seconds, the design included.
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from sklearn.linear_model import Ridge  # noqa: E402


def main(file: str) -> None:
    data = np.load(file)
    y, h = data["y"], data["h"]
    begin = time.process_time()
    design = np.empty((y.size, data["n_spikes"].size), np.float32)
    for k, bins in enumerate(np.split(data["bins"], np.cumsum(data["n_spikes"])[:-1])):
        counts = np.bincount(bins, minlength=y.size).astype(float)
        design[:, k] = np.convolve(counts, h)[: y.size]
    ridge = Ridge(alpha=1.0, solver="cholesky").fit(design, (y - y.mean()).astype(np.float32))
    seconds = time.process_time() - begin
    print(json.dumps({"sizes": ridge.coef_.astype(float).tolist(), "CPU_s": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
