rule simulate_network:
    """Spikes of all neurons, voltages of the recorded ones."""
    input:
        science("simulate_network.py"),
        tables=network_tables(config),
        compiled=ancient(stamp("network")),
    output:
        spikes="results/network/spikes.parquet",
        voltages="results/network/voltages.parquet",
    log:
        "results/logs/simulate_network.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_for_network, config)),
        runtime=reserve_minutes(partial(seconds_for_network, config)),
    params:
        network=without(config["network"], "shown_s"),
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
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        shown_s=config["network"]["shown_s"],
    script:
        "../scripts/plot_network.py"
