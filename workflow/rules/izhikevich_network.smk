# The thesis's network of 1000 neurons: a target of its own, `snakemake izhikevich_network`.
from nto1.neurons.izhikevich import Izhikevich

NETWORK_FOLDER = "results/izhikevich_network/"


rule simulate_izhikevich_network:
    """Connections, paths between neurons, which are tested; and when all of them spiked."""
    output:
        connections=multiext(f"{NETWORK_FOLDER}connections", ".csv", ".parquet"),
        neurons=table(
            f"{NETWORK_FOLDER}neurons",
            "Izhikevich network",
            "Table: 1000 neurons",
            "izhikevich_network_neurons",
        ),
        path_lengths=table(
            f"{NETWORK_FOLDER}path_lengths",
            "Izhikevich network",
            "Table: path lengths",
        ),
        spikes=multiext(f"{NETWORK_FOLDER}spikes", ".csv", ".parquet"),
    log:
        "results/logs/simulate_izhikevich_network.log",
    group:
        "short"
    params:
        section=typed(CONFIG.izhikevich_network, "raster_shown_s"),
        neuron=Izhikevich(**CONFIG.izhikevich.in_SI()),
    script:
        "../scripts/izhikevich_network/simulate_izhikevich_network.py"


rule plot_izhikevich_network:
    input:
        path_lengths=f"{NETWORK_FOLDER}path_lengths.parquet",
        spikes=f"{NETWORK_FOLDER}spikes.parquet",
    output:
        to_first=figure("shortest-path-1", "Izhikevich network", "Paths to neuron 1"),
        of_all=figure(
            "shortest-path-all", "Izhikevich network", "Paths between all pairs"
        ),
        raster=figure("1144_raster", "Izhikevich network", "Spikes of 1000 neurons"),
        rates=figure("1144_hist", "Izhikevich network", "Rates of 1000 neurons"),
    log:
        "results/logs/plot_izhikevich_network.log",
    params:
        network=typed(CONFIG.izhikevich_network.of_raster),
        shown_s=CONFIG.izhikevich_network.raster_shown_s,
    script:
        "../scripts/izhikevich_network/plot_izhikevich_network.py"


use rule compare_with_published as compare_izhikevich_network with:
    input:
        numbers=[PUBLISHED / "izhikevich_network.csv"],
        conditions=[PUBLISHED / "izhikevich_network_conditions.yaml"],
        neurons=f"{NETWORK_FOLDER}neurons.parquet",
        path_lengths=f"{NETWORK_FOLDER}path_lengths.parquet",
    output:
        comparison=f"{NETWORK_FOLDER}published_comparison.csv",
        summary=f"{NETWORK_FOLDER}published_comparison.md",
        page=report_item(
            f"{NETWORK_FOLDER}published_comparison.html",
            "Izhikevich network",
            "Every published number beside ours",
        ),
    log:
        "results/logs/compare_izhikevich_network.log",


use rule verify_published as verify_izhikevich_network with:
    input:
        f"{NETWORK_FOLDER}published_comparison.csv",
    output:
        f"{NETWORK_FOLDER}published_verdict.txt",
    log:
        "results/logs/verify_izhikevich_network.log",


rule izhikevich_network:
    input:
        rules.simulate_izhikevich_network.output,
        rules.plot_izhikevich_network.output,
        rules.compare_izhikevich_network.output,
        rules.verify_izhikevich_network.output,
        f"{NETWORK_FOLDER}explore.html",
