# Values of the config that are names of tables.
TABLES = [
    value
    for value in (config["network"]["E_syn_mV"], config["network"]["weights_nS"])
    if isinstance(value, str)
]


rule simulate_network:
    """Spikes of all neurons, voltages of the recorded ones."""
    input:
        KERNELS,
        tables=TABLES,
    output:
        spikes="results/network/spikes.parquet",
        voltages="results/network/voltages.parquet",
    log:
        "results/logs/simulate_network.log",
    group:
        "short"
    params:
        network=omit(config["network"], "shown_s"),
        neuron=config["izhikevich"],
    script:
        "../scripts/simulate_network.py"


rule plot_network:
    input:
        spikes="results/network/spikes.parquet",
        voltages="results/network/voltages.parquet",
        style=STYLE,
    output:
        figure("thesis_figs/network", "Network", "Spikes and voltages"),
    log:
        "results/logs/plot_network.log",
    params:
        shown_s=config["network"]["shown_s"],
    script:
        "../scripts/plot_network.py"


RESULTS += [rules.simulate_network.output, rules.plot_network.output]
