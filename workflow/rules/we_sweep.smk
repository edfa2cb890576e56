WEIGHT_BATCHES = batches(config["sweep"]["weights_pS"], weights_per_batch(config))


rule simulate:
    """All seeds, with the weights of one batch (named by its first weight).

    Runs that its table had already, made in the same way, are not made again.
    """
    input:
        science("simulate.py"),
        compiled=ancient(STAMP),
    output:
        "results/simulations/N{N}/we{we_pS}pS.parquet",
    log:
        "results/logs/simulate/N{N}_we{we_pS}pS.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_to_sweep, config)),
        runtime=reserve_minutes(partial(seconds_to_sweep, config)),
        to_use_MB=partial(memory_to_sweep, config),
    params:
        weights_pS=lookup("{we_pS}", within=WEIGHT_BATCHES),
        seeds=config["experiment"]["seeds"],
        recording=RECORDING,
        inputs=config["inputs"],
        neuron=config["neuron"],
    script:
        "../scripts/simulate.py"


rule summarise_sweep:
    input:
        expand(
            "results/simulations/N{N}/we{we_pS}pS.parquet",
            N=config["sweep"]["N"],
            we_pS=WEIGHT_BATCHES,
        ),
    output:
        runs=multiext("results/we_sweep", ".csv", ".parquet"),
        means=multiext("results/we_sweep_means", ".csv", ".parquet"),
    log:
        "results/logs/summarise_sweep.log",
    localrule: True
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        simulated=[*SIMULATED, config["experiment"]["seeds"], WEIGHT_BATCHES],
    script:
        "../scripts/summarise_sweep.py"


rule plot_input_drive:
    input:
        "results/we_sweep.parquet",
        style=STYLE,
    output:
        input_drive=multiext("thesis_figs/input_drive_we", ".pdf", ".svg"),
        median=multiext("thesis_figs/median_voltage_we", ".pdf", ".svg"),
        rate=multiext("thesis_figs/output_rate_we", ".pdf", ".svg"),
    log:
        "results/logs/plot_input_drive.log",
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/plot_input_drive.py"
