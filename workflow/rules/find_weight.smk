GUESS_FROM_SWEEP = CONFIG.find_weight.guess == "sweep"


rule find_weight:
    """The weight that gives the target rate, for the N of one batch (named by its first N)."""
    input:
        sweep="results/we_sweep.parquet" if GUESS_FROM_SWEEP else [],
    output:
        found="results/find_weight/N{N}.parquet",
        evaluations="results/find_weight/N{N}_evaluations.parquet",
    log:
        "results/logs/find_weight/N{N}.log",
    group:
        "search"
    params:
        tasks=lookup("{N}", within=N_BATCHES),
    script:
        "../scripts/find_weight/find_weight.py"


rule summarise_weights:
    input:
        found=expand("results/find_weight/N{N}.parquet", N=N_BATCHES),
        evaluations=expand("results/find_weight/N{N}_evaluations.parquet", N=N_BATCHES),
    output:
        weights=table(
            "results/we_for_target_rate", "Target rate", "Table: weight for every N"
        ),
        steps=table(
            "results/we_for_target_rate_evaluations",
            "Target rate",
            "Table: steps of the searches",
        ),
    log:
        "results/logs/summarise_weights.log",
    script:
        "../scripts/find_weight/summarise_weights.py"


rule plot_weights:
    input:
        weights="results/we_for_target_rate.parquet",
    output:
        needed=figure(
            f"we-for-{CONFIG.find_weight.target_rate_Hz:g}Hz-for-all-N",
            "Target rate",
            "Weight for the target rate",
            caption="we_for_all_N",
        ),
        all_N=figure("chosen_N", "Target rate", "Numbers of inputs (N)"),
        subset=figure("chosen_N_subset", "Target rate", "Numbers of inputs (N), subset"),
    log:
        "results/logs/plot_weights.log",
    params:
        target_rate_Hz=CONFIG.find_weight.target_rate_Hz,
        N_subset=CONFIG.find_weight.N_subset,
    script:
        "../scripts/find_weight/plot_weights.py"


RESULTS += [rules.summarise_weights.output, rules.plot_weights.output]
