"""A network of Izhikevich and AdEx neurons with Brian 2, as a C++ program.

Reads the network from a file, and for every line it is sent runs once: see ``network.py``.
"""

import argparse
import tempfile

import brian2
import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    Synapses,
    amp,
    farad,
    ms,
    second,
    siemens,
    volt,
)

from common import serve

IZHIKEVICH = """
dv/dt = (k*(v - v_r)*(v - v_t) - u - I_syn)/C {noise} : volt
du/dt = a*(b*(v - v_r) - u) : amp
"""
ADEX = """
dv/dt = (-g_L*(v - E_L) + g_L*Delta_T*exp((v - V_T)/Delta_T) - I_syn - u)/C {noise} : volt
du/dt = (a*(v - E_L) - u)/tau_w : amp
"""
SYNAPSES = """
dg_exc/dt = -g_exc/tau_g : siemens
dg_inh/dt = -g_inh/tau_g : siemens
I_syn = g_exc*(v - E_exc) + g_inh*(v - E_inh) : amp
"""
UNITS = {
    "C": farad, "k": siemens / volt, "v_r": volt, "v_t": volt, "v_peak": volt, "a": 1 / second,
    "b": siemens, "c": volt, "d": amp, "g_L": siemens, "E_L": volt, "V_T": volt, "Δ_T": volt,
    "V_spike": volt, "V_reset": volt, "τ_w": second,
}  # fmt: skip


def group(n, kind, parameters, common):
    names = {"Δ_T": "Delta_T", "τ_w": "tau_w"}
    units = dict(UNITS) if kind == "Izhikevich" else UNITS | {"a": siemens, "b": amp}
    values = {names.get(k, k): x * units[k] for k, x in parameters.items() if k in units}
    izhikevich = kind == "Izhikevich"
    noise = "+ sigma*xi" if common["sigma"] else ""
    neurons = NeuronGroup(
        n,
        (IZHIKEVICH if izhikevich else ADEX).format(noise=noise) + SYNAPSES,
        threshold="v >= v_peak" if izhikevich else "v > V_spike",
        reset="v = c; u += d" if izhikevich else "v = V_reset; u += b",
        method="euler",
        namespace=values
        | {
            "sigma": common["sigma"] * volt / second**0.5,
            "tau_g": common["tau_g"] * second,
            "E_exc": common["E_exc"] * volt,
            "E_inh": common["E_inh"] * volt,
        },
    )
    neurons.v = parameters["v_r" if izhikevich else "E_L"] * volt
    return neurons


def network(saved):
    """Groups of neurons, one after the other, and monitors of their spikes."""
    common = saved["common"].item()
    ends = np.cumsum([0, *(n for n, _, _ in saved["groups"])])
    groups = [group(n, kind, p, common) for n, kind, p in saved["groups"]]
    inputs = SpikeGeneratorGroup(
        common["n_trains"], saved["input_trains"], saved["input_steps"] * common["dt"] * second
    )
    parts = [inputs, *groups]
    for name, sources in (("connections", groups), ("inputs", [inputs])):
        source, target, weight, delay, is_exc = (
            saved[f"{name}_{column}"] for column in ("source", "target", "weight", "delay", "exc")
        )
        starts = ends if name == "connections" else [0, common["n_trains"]]
        for before, start, end in zip(sources, starts[:-1], starts[1:], strict=True):
            for after, first, last in zip(groups, ends[:-1], ends[1:], strict=True):
                for exc in (True, False):
                    chosen = (source >= start) & (source < end) & (target >= first)
                    chosen &= (target < last) & (is_exc[source] == exc)
                    if not chosen.any():
                        continue
                    g = "g_exc" if exc else "g_inh"
                    synapses = Synapses(before, after, "w : siemens", on_pre=f"{g}_post += w")
                    synapses.connect(i=source[chosen] - start, j=target[chosen] - first)
                    synapses.w = weight[chosen] * siemens
                    if delay.any():
                        synapses.delay = delay[chosen] * second
                    parts.append(synapses)
    monitors = [SpikeMonitor(some) for some in groups]
    return Network(*parts, *monitors), monitors, ends[:-1]


def main(options):
    saved = np.load(options.network, allow_pickle=True)
    common = saved["common"].item()
    folder = tempfile.TemporaryDirectory()
    brian2.set_device("cpp_standalone", build_on_run=False, directory=folder.name)
    brian2.prefs.devices.cpp_standalone.openmp_threads = 0
    brian2.defaultclock.dt = common["dt"] * second
    brian2.seed(1)
    net, monitors, firsts = network(saved)
    net.run(common["duration"] * second)
    brian2.device.build(compile=True, run=False, directory=folder.name)

    def run():
        brian2.device.run()
        steps = [np.rint(np.asarray(m.t / ms) * 1e-3 / common["dt"]).astype(int) for m in monitors]
        neurons = [np.asarray(m.i) + first for m, first in zip(monitors, firsts, strict=True)]
        np.savez(options.spikes, step=np.concatenate(steps), neuron=np.concatenate(neurons))
        # The loop over time alone: building the network is not in it.
        return {"seconds": brian2.device._last_run_time}

    serve(f"Brian {brian2.__version__}, C++", run)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True)
    parser.add_argument("--spikes", required=True)
    main(parser.parse_args())
