"""One run of the N-to-1 experiment with Brian 2, as a C++ program or with Cython."""

import tempfile
from time import perf_counter

import brian2
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    SpikeMonitor,
    Synapses,
    ms,
    mV,
    nS,
    pA,
    pF,
    second,
    siemens,
)

from common import lognormal_rates, parser, serve

parser.add_argument("--target", choices=["C++", "Cython"], required=True)

EQUATIONS = """
dV/dt = (-g_L*(V - E_L) + g_L*Delta_T*exp((V - V_T)/Delta_T) - I_syn - w)/C : volt
dw/dt = (a*(V - E_L) - w)/tau_w : amp
dg_exc/dt = -g_exc/tau_g : siemens
dg_inh/dt = -g_inh/tau_g : siemens
I_syn = g_exc*(V - E_exc) + g_inh*(V - E_inh) : amp
"""


def network(N, weight_pS):
    parameters = {
        "C": 104 * pF, "g_L": 4.3 * nS, "E_L": -65 * mV, "V_T": -52 * mV, "Delta_T": 0.8 * mV,
        "V_spike": 40 * mV, "V_reset": -53 * mV, "a": -0.8 * nS, "b": 65 * pA, "tau_w": 88 * ms,
        "E_exc": 0 * mV, "E_inh": -80 * mV, "tau_g": 7 * ms, "w_e": weight_pS * 1e-12 * siemens,
    }  # fmt: skip
    neuron = NeuronGroup(
        1,
        EQUATIONS,
        threshold="V > V_spike",
        reset="V = V_reset; w += b",
        method="euler",
        namespace=parameters,
    )
    neuron.V = -65 * mV
    inputs, n_exc = PoissonGroup(N, lognormal_rates(N) * Hz), N * 4 // 5
    exc = Synapses(inputs[:n_exc], neuron, on_pre="g_exc_post += w_e", namespace=parameters)
    inh = Synapses(inputs[n_exc:], neuron, on_pre="g_inh_post += 4*w_e", namespace=parameters)
    exc.connect()
    inh.connect()
    spikes = SpikeMonitor(neuron)
    return Network(neuron, inputs, exc, inh, spikes), spikes


def main(options):
    brian2.defaultclock.dt = 0.1 * ms
    if options.target == "C++":
        folder = tempfile.TemporaryDirectory()
        brian2.set_device("cpp_standalone", build_on_run=False, directory=folder.name)
        net, spikes = network(options.N, options.weight_pS)
        net.run(options.duration_s * second)
        brian2.device.build(compile=True, run=False, directory=folder.name)
    else:
        brian2.prefs.codegen.target = "cython"
        net, spikes = network(options.N, options.weight_pS)
        net.run(1 * ms)  # compiles

    def run():
        before = 0 if options.target == "C++" else spikes.num_spikes
        start = perf_counter()
        if options.target == "C++":
            brian2.device.run()
        else:
            net.run(options.duration_s * second)
        seconds = perf_counter() - start
        return {
            "seconds": seconds,
            "rate_Hz": (spikes.num_spikes - before) / options.duration_s,
        }

    serve(f"Brian {brian2.__version__}, {options.target}", run)


if __name__ == "__main__":
    main(parser.parse_args())
