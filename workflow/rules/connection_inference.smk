# Which inputs can be detected? The target `connection_inference` makes all of it; each result set
# is a target of its own.
from nto1_workflow.planning import detection

INFERENCE = config["connection_inference"]
CASES = detection.cases(config)
ONE_PASS = {
    name: detection.jobs(config, cases, {"sta", "line_fit", "spikes"})
    for name, cases in CASES.items()
}
SECOND_PASS = {
    name: detection.jobs(config, cases, {"template"}) for name, cases in CASES.items()
}
FOLDER = "results/connection_inference/"
JOB_FILE = f"{FOLDER}parts/{{set}}_{{job}}"
WEIGHTS = {
    "published": PUBLISHED / "weights_for_4Hz.csv",
    "search": "results/we_for_target_rate.csv",
}.get(INFERENCE["weights"], INFERENCE["weights"])
CATEGORY = "Connection inference"
PUBLISHED_SETS = ("clipping", "noise", "duration", "all_inputs", "window")
RESULT_SETS = (*PUBLISHED_SETS, "N_by_duration")


wildcard_constraints:
    set=r"\w+",
    job=r"\d+",


rule infer_inputs:
    """t of some trains, by the methods that need one pass."""
    input:
        KERNELS,
        weights=WEIGHTS,
    output:
        tests=f"{JOB_FILE}.parquet",
        first_pass=f"{JOB_FILE}_first_pass.parquet",
    log:
        "results/logs/infer_inputs/{set}_{job}.log",
    group:
        "inference"
    params:
        tasks=lambda wildcards: ONE_PASS[wildcards.set][int(wildcards.job)],
        inputs=config["inputs"],
        neuron=config["neuron"],
    script:
        "../scripts/connection_inference/infer_inputs.py"


rule infer_inputs_by_template:
    """t of some trains by their correlation with a template, made of those that a first pass over
    all trains found."""
    input:
        KERNELS,
        weights=WEIGHTS,
        first_passes=lambda wildcards: [
            f"{FOLDER}parts/{wildcards.set}_{i}_first_pass.parquet"
            for i in detection.with_same_cases(
                SECOND_PASS[wildcards.set][int(wildcards.job)], ONE_PASS[wildcards.set]
            )
        ],
    output:
        tests=f"{JOB_FILE}_template.parquet",
    log:
        "results/logs/infer_inputs/{set}_{job}_template.log",
    group:
        "second_pass"
    params:
        tasks=lambda wildcards: SECOND_PASS[wildcards.set][int(wildcards.job)],
        inputs=config["inputs"],
        neuron=config["neuron"],
    script:
        "../scripts/connection_inference/infer_inputs_by_template.py"


# Simulations in which every input is tested serve two sets: longer windows contain shorter ones.
for result_set, group, title, chosen in (
    ("clipping", "clipping", "Clipping", {}),
    ("noise", "noise", "Imaging noise", {}),
    ("duration", "duration", "Recording duration", {}),
    (
        "all_inputs",
        "every_input",
        "All inputs",
        {
            "N": INFERENCE["all_inputs"]["N"],
            "seed": INFERENCE["all_inputs"]["seeds"],
            "signal": [f"ceiled_{INFERENCE['all_inputs']['ceiling']}"],
            "window_ms": [INFERENCE["window_ms"], INFERENCE["line_fit_window_ms"]],
        },
    ),
    (
        "window",
        "every_input",
        "Window length",
        {
            "N": INFERENCE["window"]["N"],
            "seed": INFERENCE["window"]["seeds"],
            "signal": [f"ceiled_{INFERENCE['window']['ceiling']}"],
            "method": ["sta"],
            "window_ms": [INFERENCE["window"]["window_ms"]],
        },
    ),
    ("N_by_duration", "N_by_duration", "Number of inputs and duration", {}),
):

    rule:
        name:
            f"score_{result_set}"
        input:
            expand(f"{JOB_FILE}.parquet", set=group, job=range(len(ONE_PASS[group]))),
            expand(
                f"{JOB_FILE}_template.parquet",
                set=group,
                job=range(len(SECOND_PASS[group])),
            ),
        output:
            scores=table(
                FOLDER + result_set, CATEGORY, f"Table: {title}", "inference_scores"
            ),
            means=table(
                f"{FOLDER}{result_set}_means",
                CATEGORY,
                f"Table: {title}, means",
                "inference_means",
            ),
            trains=f"{FOLDER}{result_set}_trains.parquet",
            thresholds=f"{FOLDER}{result_set}_thresholds.parquet",
        log:
            f"results/logs/score_{result_set}.log",
        params:
            chosen=chosen,
        script:
            "../scripts/connection_inference/score_connections.py"


rule chance_level:
    """Scores of tests that know nothing."""
    input:
        KERNELS,
    output:
        table(f"{FOLDER}chance", CATEGORY, "Table: Chance level", "inference_chance"),
    log:
        "results/logs/chance_level.log",
    group:
        "inference"
    params:
        chance=INFERENCE["chance"],
        n_tested=INFERENCE["n_tested"],
    script:
        "../scripts/connection_inference/chance_level.py"


rule infer_network_connections:
    """Every pair of neurons of the AdEx network, by every method."""
    input:
        KERNELS,
    output:
        pairs=multiext(f"{FOLDER}network_pairs", ".csv", ".parquet"),
        scores=table(
            f"{FOLDER}network_scores",
            CATEGORY,
            "Table: AdEx network",
            "network_scores",
        ),
    log:
        "results/logs/infer_network_connections.log",
    group:
        "inference"
    params:
        network=omit(
            config["adex_network"],
            "voltage_shown_s",
            "raster_shown_s",
            "recorded_neurons",
        ),
        neuron=config["neuron"],
        inference={
            key: INFERENCE[key]
            for key in (
                "window_ms",
                "line_fit_window_ms",
                "template_window_ms",
                "template_quantile",
                "n_shuffles",
                "shuffle_seed",
                "shuffle_seed_per_train",
            )
        },
    script:
        "../scripts/connection_inference/infer_network_connections.py"


rule example_signals:
    """Percentiles of the voltage, a piece of it, and averages of some inputs' trains."""
    input:
        KERNELS,
        weights=WEIGHTS,
    output:
        percentiles=f"{FOLDER}percentiles.csv",
        voltages=f"{FOLDER}example_voltages.parquet",
        averages=f"{FOLDER}example_averages.parquet",
    log:
        "results/logs/example_signals.log",
    group:
        "inference"
    params:
        case=next(iter(CASES["clipping"].values())),
        noise_SNRs=INFERENCE["noise"]["spike_SNR"],
        inputs=config["inputs"],
        neuron=config["neuron"],
    script:
        "../scripts/connection_inference/example_signals.py"


rule compare_connection_inference:
    input:
        numbers=PUBLISHED / "connection_inference.csv",
        conditions=PUBLISHED / "connection_inference_conditions.yaml",
        scores=[f"{FOLDER}{name}.parquet" for name in PUBLISHED_SETS],
        trains=[f"{FOLDER}{name}_trains.parquet" for name in ("clipping", "window")],
        chance=f"{FOLDER}chance.parquet",
        percentiles=f"{FOLDER}percentiles.csv",
    output:
        comparison=f"{FOLDER}published_comparison.csv",
        summary=f"{FOLDER}published_comparison.md",
    log:
        "results/logs/compare_connection_inference.log",
    params:
        config=config,
    script:
        "../scripts/connection_inference/compare_connection_inference.py"


rule verify_connection_inference:
    """Fails if a number deviates; the table that shows it stays."""
    input:
        f"{FOLDER}published_comparison.csv",
    output:
        f"{FOLDER}published_verdict.txt",
    log:
        "results/logs/verify_connection_inference.log",
    script:
        "../scripts/published/verify_published.py"


rule plot_clipping:
    input:
        scores=f"{FOLDER}clipping.parquet",
        thresholds=f"{FOLDER}clipping_thresholds.parquet",
        voltages=f"{FOLDER}example_voltages.parquet",
        examples=f"{FOLDER}example_averages.parquet",
        style=STYLE,
    output:
        signals=figure(
            "thesis_figs/ceil_n_clip__sigs_and_STAs", CATEGORY, "Ceiling and clipping"
        ),
        areas=figure(
            "thesis_figs/ceil_n_clip_AUCs", CATEGORY, "Detection in clipped signals"
        ),
        averages=figure("thesis_figs/example_STAs", CATEGORY, "Example averages"),
        rates=figure(
            "thesis_figs/perfmeasures_threshold_TPR_ROC", CATEGORY, "Detection rates"
        ),
        F_scores=figure("thesis_figs/perfmeasures_Fscores", CATEGORY, "F-scores"),
        iso_F=figure("thesis_figs/PR_curves_iso_F", CATEGORY, "Precision and recall"),
        PR_by_kind=figure(
            "thesis_figs/perfmeasures_PR_curves_EI",
            CATEGORY,
            "Precision and recall by kind",
        ),
        F1_by_kind=figure(
            "thesis_figs/perfmeasures_threshold_PPVs_EI", CATEGORY, "F1 by kind"
        ),
    log:
        "results/logs/plot_clipping.log",
    script:
        "../scripts/connection_inference/plot_clipping.py"


for result_set, key, name in (
    ("noise", "spike_SNR", "STA_perf_diff_snr"),
    ("duration", "duration_s", "STA_perf_diff_rec_duration"),
):

    rule:
        name:
            f"plot_{result_set}"
        input:
            scores=f"{FOLDER}{result_set}.parquet",
            means=f"{FOLDER}{result_set}_means.parquet",
            chance=f"{FOLDER}chance.parquet",
            style=STYLE,
        output:
            figure(f"thesis_figs/{name}", CATEGORY, f"Detection against {result_set}"),
        log:
            f"results/logs/plot_{result_set}.log",
        params:
            key=key,
        script:
            "../scripts/connection_inference/plot_detection.py"


rule plot_chance_level:
    input:
        chance=f"{FOLDER}chance.parquet",
        style=STYLE,
    output:
        figure("thesis_figs/AUC_chance_level", CATEGORY, "Chance level"),
    log:
        "results/logs/plot_chance_level.log",
    script:
        "../scripts/connection_inference/plot_chance_level.py"


rule plot_methods:
    input:
        all_inputs=f"{FOLDER}all_inputs.parquet",
        longer=f"{FOLDER}window.parquet",
        chance=f"{FOLDER}chance.parquet",
        style=STYLE,
    output:
        line_fit=figure("thesis_figs/perf-all-inputs__fitline", CATEGORY, "Line fit"),
        template=figure(
            "thesis_figs/perf-all-inputs__template-cor", CATEGORY, "Two passes"
        ),
        window=figure("thesis_figs/perf-STA-winlength", CATEGORY, "Window length"),
        spikes=figure(
            "thesis_figs/perf-all-inputs__spikes", CATEGORY, "With and without voltage"
        ),
    log:
        "results/logs/plot_methods.log",
    script:
        "../scripts/connection_inference/plot_methods.py"


rule plot_N_by_duration:
    input:
        means=f"{FOLDER}N_by_duration_means.parquet",
        style=STYLE,
    output:
        figure(
            "thesis_figs/AUC_N_by_duration", CATEGORY, "Number of inputs and duration"
        ),
    log:
        "results/logs/plot_N_by_duration.log",
    script:
        "../scripts/connection_inference/plot_N_by_duration.py"


TARGETS = {
    "clipping": [rules.score_clipping.output, rules.plot_clipping.output],
    "noise": [
        rules.score_noise.output,
        rules.plot_noise.output,
        rules.plot_chance_level.output,
    ],
    "duration": [rules.score_duration.output, rules.plot_duration.output],
    "all_inputs": [rules.score_all_inputs.output],
    "window": [rules.score_window.output, rules.plot_methods.output],
    "N_by_duration": [
        rules.score_N_by_duration.output,
        rules.plot_N_by_duration.output,
    ],
    "network": [rules.infer_network_connections.output],
}

for target, files in TARGETS.items():

    rule:
        name:
            f"connection_inference_{target}"
        input:
            files,


rule connection_inference:
    input:
        list(TARGETS.values()),
        rules.compare_connection_inference.output,
        rules.verify_connection_inference.output,
        f"{FOLDER}explore.html",
