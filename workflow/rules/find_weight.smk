N_BATCHES = batches(config["find_weight"]["N"], N_per_batch(config))


rule find_weight:
    """The weight that gives the target rate, for the N of one batch (named by its first N).

    Searches that its tables had already, made in the same way, are not made again.
    """
    input:
        science("find_weight.py"),
        compiled=ancient(STAMP),
    output:
        found="results/find_weight/N{N}.parquet",
        evaluations="results/find_weight/N{N}_evaluations.parquet",
    log:
        "results/logs/find_weight/N{N}.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_to_search, config)),
        runtime=reserve_minutes(partial(seconds_to_search, config)),
    params:
        all_N=lookup("{N}", within=N_BATCHES),
        seeds=config["experiment"]["seeds"],
        recording=RECORDING,
        inputs=config["inputs"],
        neuron=config["neuron"],
        target_rate_Hz=config["find_weight"]["target_rate_Hz"],
        guess=config["find_weight"]["guess"],
        bracket_factor=config["find_weight"]["bracket_factor"],
        relative_tolerance=config["find_weight"]["relative_tolerance"],
    script:
        "../scripts/find_weight.py"


rule summarise_weights:
    input:
        found=expand("results/find_weight/N{N}.parquet", N=N_BATCHES),
        evaluations=expand("results/find_weight/N{N}_evaluations.parquet", N=N_BATCHES),
    output:
        found=multiext("results/we_for_target_rate", ".csv", ".parquet"),
        evaluations=multiext(
            "results/we_for_target_rate_evaluations", ".csv", ".parquet"
        ),
    log:
        "results/logs/summarise_weights.log",
    localrule: True
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        simulated=[
            *SIMULATED,
            config["experiment"]["seeds"],
            N_BATCHES,
            config["find_weight"]["target_rate_Hz"],
            config["find_weight"]["guess"],
            config["find_weight"]["bracket_factor"],
            config["find_weight"]["relative_tolerance"],
        ],
    script:
        "../scripts/summarise_weights.py"


rule plot_weights:
    input:
        "results/we_for_target_rate.parquet",
        style=STYLE,
    output:
        weights=multiext(
            f"thesis_figs/we-for-{config['find_weight']['target_rate_Hz']:g}Hz-for-all-N",
            ".pdf",
            ".svg",
        ),
        all_N=multiext("thesis_figs/chosen_N", ".pdf", ".svg"),
        subset=multiext("thesis_figs/chosen_N_subset", ".pdf", ".svg"),
    log:
        "results/logs/plot_weights.log",
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        target_rate_Hz=config["find_weight"]["target_rate_Hz"],
        N_subset=config["find_weight"]["N_subset"],
    script:
        "../scripts/plot_weights.py"
