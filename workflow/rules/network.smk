from nto1.config.model import types_of

E_SYN = CONFIG.network.E_syn_mV  # of each neuron
# Values of the config that are names of tables.
TABLES = [
    value
    for value in (
        E_SYN,
        CONFIG.network.weights_nS,
        CONFIG.network.inputs.weights_nS,
        CONFIG.network.inputs.spikes,
    )
    if isinstance(value, str) and value != "poisson"
]


rule simulate_network:
    """Spikes of all neurons, voltages and other signals of the recorded ones."""
    input:
        tables=TABLES,
    output:
        spikes=table("results/network/spikes", "Network", "Table: spikes"),
        voltages=multiext("results/network/voltages", ".csv", ".parquet"),
    log:
        "results/logs/simulate_network.log",
    group:
        "short"
    params:
        network=typed(CONFIG.network, "shown_s", "types"),
        types=types_of(CONFIG),
    script:
        "../scripts/network/simulate_network.py"


rule plot_network:
    input:
        spikes="results/network/spikes.parquet",
        voltages="results/network/voltages.parquet",
        neurons=[E_SYN] if isinstance(E_SYN, str) else [],
    output:
        figure("thesis_figs/network", "Network", "Spikes and voltages"),
    log:
        "results/logs/plot_network.log",
    params:
        E_syn_mV=E_SYN,
        shown_s=CONFIG.network.shown_s,
    script:
        "../scripts/network/plot_network.py"


RESULTS += [rules.simulate_network.output, rules.plot_network.output]
