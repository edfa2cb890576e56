from nto1.config.model import adex_under


rule simulate_adex_network:
    """Connections and spikes of the network, voltages of the recorded neurons."""
    output:
        connections=table(
            "results/adex_network/connections",
            "AdEx network",
            "Table: AdEx connections",
            "adex_network_connections",
        ),
        spikes=multiext("results/adex_network/spikes", ".csv", ".parquet"),
        voltages="results/adex_network/voltages.parquet",
    log:
        "results/logs/simulate_adex_network.log",
    group:
        "short"
    params:
        network=typed(CONFIG.adex_network, "voltage_shown_s", "raster_shown_s"),
        neuron=adex_under(CONFIG.neuron).parameters,
    script:
        "../scripts/adex_network/simulate_adex_network.py"


rule plot_adex_network:
    input:
        spikes="results/adex_network/spikes.parquet",
        voltages="results/adex_network/voltages.parquet",
    output:
        voltage=figure("adex_network_voltage", "AdEx network", "Voltage of a neuron"),
        raster=figure("adex_network_raster", "AdEx network", "Spikes of all neurons"),
    log:
        "results/logs/plot_adex_network.log",
    params:
        N=CONFIG.adex_network.N,
        voltage_shown_s=CONFIG.adex_network.voltage_shown_s,
        raster_shown_s=CONFIG.adex_network.raster_shown_s,
    script:
        "../scripts/adex_network/plot_adex_network.py"


RESULTS += [rules.simulate_adex_network.output, rules.plot_adex_network.output]
