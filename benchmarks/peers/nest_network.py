"""A network of AdEx neurons with NEST, whose steps adapt to the error.

Reads the network from a file, and for every line it is sent runs once: see ``network.py``.
"""

import argparse
from time import perf_counter

import nest
import numpy as np

from common import serve

# NEST's name of each parameter, and what it is counted in.
PARAMETERS = {
    "C": ("C_m", 1e-12), "g_L": ("g_L", 1e-9), "E_L": ("E_L", 1e-3), "V_T": ("V_th", 1e-3),
    "Δ_T": ("Delta_T", 1e-3), "V_spike": ("V_peak", 1e-3), "V_reset": ("V_reset", 1e-3),
    "a": ("a", 1e-9), "b": ("b", 1e-12), "τ_w": ("tau_w", 1e-3),
}  # fmt: skip


def build(saved, common):
    """A recorder of all spikes, and the first neuron's number."""
    nest.ResetKernel()
    nest.resolution = common["dt"] * 1e3
    ((n, kind, parameters),) = saved["groups"]
    assert kind == "AdEx"
    values = {name: parameters[key] / unit for key, (name, unit) in PARAMETERS.items()}
    # Beyond 20 Δ_T it is a matter of microseconds, and of numbers that NEST refuses.
    values["V_peak"] = min(values["V_peak"], values["V_th"] + 20 * values["Delta_T"])
    synapses = {"E_ex": common["E_exc"] * 1e3, "E_in": common["E_inh"] * 1e3}
    synapses |= dict.fromkeys(("tau_syn_ex", "tau_syn_in"), common["tau_g"] * 1e3)
    values |= synapses | {"V_m": values["E_L"], "t_ref": 0.0}
    neurons = nest.Create("aeif_cond_exp", n, values)
    inputs = nest.Create("spike_generator", common["n_trains"])
    times, train = np.round(saved["input_steps"] * common["dt"] * 1e3, 6), saved["input_trains"]
    inputs.set([{"spike_times": times[train == k]} for k in range(common["n_trains"])])
    for name, sources in (("connections", neurons), ("inputs", inputs)):
        source, target, weight, delay, is_exc = (
            saved[f"{name}_{column}"] for column in ("source", "target", "weight", "delay", "exc")
        )
        nest.Connect(
            np.array(sources.tolist())[source],
            np.array(neurons.tolist())[target],
            "one_to_one",
            {
                "weight": np.where(is_exc[source], weight, -weight) * 1e9,
                "delay": np.maximum(delay, common["dt"]) * 1e3,
            },
        )
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder)
    return recorder, neurons[0].global_id


def main(options):
    saved = dict(np.load(options.network, allow_pickle=True))
    common = saved["common"].item()

    def run():
        recorder, first = build(saved, common)
        nest.Prepare()
        start = perf_counter()
        nest.Run(common["duration"] * 1e3)
        seconds = perf_counter() - start
        nest.Cleanup()
        spikes = recorder.events
        step = np.rint(spikes["times"] * 1e-3 / common["dt"]).astype(int)
        np.savez(options.spikes, step=step, neuron=spikes["senders"] - first)
        return {"seconds": seconds}

    serve(f"NEST {nest.__version__}", run)


if __name__ == "__main__":
    nest.verbosity = nest.VerbosityLevel.ERROR
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True)
    parser.add_argument("--spikes", required=True)
    main(parser.parse_args())
