from nto1.config.model import types_of

# Parquet alone, if there is much.
KINDS = [".parquet"] if CONFIG.network.record.compact else [".csv", ".parquet"]


rule simulate_network:
    """Spikes of all neurons, voltages and other signals of the recorded ones."""
    input:
        tables=sorted({*CONFIG.network.tables().values()}),
    output:
        spikes=table("results/network/spikes", "Network", "Table: network spikes"),
        voltages=multiext("results/network/voltages", *KINDS),
        neurons=multiext("results/network/neurons", *KINDS),
        connections=multiext("results/network/connections", *KINDS),
        input_spikes=(
            multiext("results/network/input_spikes", *KINDS)
            if CONFIG.network.inputs.record_spikes
            else []
        ),
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
        neurons="results/network/neurons.parquet",
    output:
        figure("network", "Network", "Spikes and voltages"),
    log:
        "results/logs/plot_network.log",
    params:
        shown_s=CONFIG.network.shown_s,
    script:
        "../scripts/network/plot_network.py"


RESULTS += [rules.simulate_network.output, rules.plot_network.output]
