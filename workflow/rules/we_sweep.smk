rule simulate:
    """All seeds, with the weights of one batch (named by its first weight)."""
    output:
        "results/simulations/N{N}/we{we_pS}pS.parquet",
    log:
        "results/logs/simulate/N{N}_we{we_pS}pS.log",
    group:
        "short"
    params:
        tasks=lookup("{we_pS}", within=WEIGHT_BATCHES),
    script:
        "../scripts/we_sweep/simulate.py"


rule summarise_sweep:
    input:
        expand(
            "results/simulations/N{N}/we{we_pS}pS.parquet",
            N=CONFIG.sweep.N,
            we_pS=WEIGHT_BATCHES,
        ),
    output:
        runs=table(
            "results/we_sweep", "Input strength", "Table: every run of the sweep"
        ),
        means=table(
            "results/we_sweep_means", "Input strength", "Table: means of the sweep"
        ),
    log:
        "results/logs/summarise_sweep.log",
    script:
        "../scripts/we_sweep/summarise_sweep.py"


rule plot_input_drive:
    input:
        runs="results/we_sweep.parquet",
    output:
        input_drive=figure(
            "input_drive_we", "Input strength", "Median voltage and firing rate"
        ),
        median=figure("median_voltage_we", "Input strength", "Median voltage"),
        rate=figure("output_rate_we", "Input strength", "Firing rate"),
    log:
        "results/logs/plot_input_drive.log",
    script:
        "../scripts/we_sweep/plot_input_drive.py"


RESULTS += [rules.summarise_sweep.output, rules.plot_input_drive.output]
