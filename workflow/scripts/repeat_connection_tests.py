"""Connection tests of short recordings with other seeds."""

from script_io import log, run, write_parquet
from infer_connections import simulated_tests
from nto1.connections.sta import p_value


def main(groups, neuron, threads, output):
    rows = []
    for tests in groups:
        drawn, _, tested = simulated_tests(tests, neuron, threads)
        inhibitory, connected = drawn.connectivity.inhibitory, drawn.connectivity.connected
        for train, of_train in enumerate(tested):
            for test, result in zip(tests, of_train, strict=True):
                published = test["p_value"] == "published"
                p, _ = p_value(result.height, result.shuffled_heights, published)
                rows.append(
                    {
                        "variant": test["variant"],
                        "seed": test["seed"],
                        "train": train,
                        "kind": "inhibitory" if inhibitory[train] else "excitatory",
                        "connected": bool(connected[train]),
                        "p_value": p,
                    }
                )
        log(f"seed {tests[0]['seed']}: {len(tests)} tests of {len(drawn.times)} trains")
    write_parquet(rows, output[0])


if "snakemake" in globals():
    run(main, snakemake)
