# Which inputs can be detected? The target `connection_inference` makes all of it; each result set
# is a target of its own.
from nto1.inference.method import methods
from nto1.published import WEIGHTS_FOR_4HZ
from nto1_workflow.planning.connection_tests import all_tests
from nto1_workflow.planning.result_sets import example_of, pools, result_sets

INFERENCE = CONFIG.connection_inference
RESULT_SETS = result_sets(CONFIG)
POOLS = pools(RESULT_SETS, CONFIG)
TESTS = [method.test(dict(INFERENCE)) for method in methods().values()]
FOLDER = "results/connection_inference/"
JOB_FILE = f"{FOLDER}parts/{{pool}}_{{job}}.parquet"
WEIGHTS = {
    "published": WEIGHTS_FOR_4HZ,
    "search": "results/we_for_target_rate.csv",
}.get(INFERENCE.weights, INFERENCE.weights)
CATEGORY = "Connection inference"


wildcard_constraints:
    pool="|".join(POOLS),
    job=r"[0-9a-f]+",


rule test_inputs:
    """t of all trains that are tested in some recordings."""
    input:
        weights=WEIGHTS,
        sweep=[],
    output:
        JOB_FILE,
    log:
        "results/logs/test_inputs/{pool}_{job}.log",
    group:
        "inference"
    threads: lambda wildcards: POOLS[wildcards.pool][wildcards.job].threads
    resources:
        mem_mb=lambda wildcards, attempt: (
            POOLS[wildcards.pool][wildcards.job].mem_mb(attempt)
        ),
    params:
        measure="connections",
        tasks=lambda wildcards: POOLS[wildcards.pool][wildcards.job].tasks,
    script:
        "../scripts/studies/run_tasks.py"


for name, result_set in RESULT_SETS.items():

    rule:
        name:
            f"score_{name}"
        input:
            expand(JOB_FILE, pool=result_set.pool, job=POOLS[result_set.pool]),
        output:
            scores=table(
                FOLDER + name,
                CATEGORY,
                f"Table: {result_set.title}",
                "inference_scores",
            ),
            means=table(
                f"{FOLDER}{name}_means",
                CATEGORY,
                f"Table: {result_set.title}, means",
                "inference_means",
            ),
            intervals=table(
                f"{FOLDER}{name}_intervals",
                CATEGORY,
                f"Table: {result_set.title}, intervals",
                "inference_intervals",
            ),
            trains=f"{FOLDER}{name}_trains.parquet",
            thresholds=f"{FOLDER}{name}_thresholds.parquet",
        log:
            f"results/logs/score_{name}.log",
        params:
            measure="connections",
            chosen=result_set.columns(CONFIG),
            study=typed(result_set.study),
        script:
            "../scripts/connection_inference/score_result_set.py"


rule chance_level:
    """Scores of random guessing."""
    output:
        table(f"{FOLDER}chance", CATEGORY, "Table: random guessing", "inference_chance"),
    log:
        "results/logs/chance_level.log",
    group:
        "inference"
    params:
        seed=INFERENCE.chance.seed,
        n_repetitions=INFERENCE.chance.n_repetitions,
        n_tested=INFERENCE.n_tested,
    script:
        "../scripts/connection_inference/chance_level.py"


rule test_imaging_2021:
    """Every method on the recordings of the experiment of 2021."""
    output:
        scores=table(
            f"{FOLDER}imaging_2021",
            CATEGORY,
            "Table: experiment of 2021",
            "imaging_2021",
        ),
        means=table(
            f"{FOLDER}imaging_2021_means",
            CATEGORY,
            "Table: experiment of 2021, means",
            "inference_means",
        ),
    log:
        "results/logs/test_imaging_2021.log",
    group:
        "inference"
    params:
        recordings=all_tests(CONFIG),
        tests=TESTS,
    script:
        "../scripts/connection_inference/test_imaging_2021.py"


rule example_signals:
    """Percentiles of the voltage, a piece of it, and averages of some inputs' trains."""
    input:
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
        example=example_of(RESULT_SETS["clipping"], CONFIG),
        noise_SNRs=INFERENCE.noise.spike_SNR,
    script:
        "../scripts/connection_inference/example_signals.py"


rule first_test:
    """The thesis's first test, beside trains that were drawn apart."""
    input:
        weights=WEIGHTS,
    output:
        f"{FOLDER}first_test.parquet",
    log:
        "results/logs/first_test.log",
    group:
        "inference"
    params:
        example=example_of(RESULT_SETS["clipping"], CONFIG),
        window_ms=INFERENCE.window_ms,
        n_shuffles=INFERENCE.n_shuffles,
        shuffle_seed=INFERENCE.shuffle_seed,
    script:
        "../scripts/connection_inference/first_test.py"


rule plot_overview:
    """What plain `snakemake` shows of all this."""
    input:
        f"{FOLDER}overview_means.parquet",
    output:
        figure("detection_overview", CATEGORY, "Which inputs can be detected"),
    log:
        "results/logs/plot_overview.log",
    script:
        "../scripts/connection_inference/plot_overview.py"


RESULTS += [rules.score_overview.output, rules.plot_overview.output]


rule plot_clipping:
    input:
        scores=f"{FOLDER}clipping.parquet",
        thresholds=f"{FOLDER}clipping_thresholds.parquet",
        voltages=f"{FOLDER}example_voltages.parquet",
        examples=f"{FOLDER}example_averages.parquet",
    output:
        ceiled=figure("ceil_spikes", CATEGORY, "Spikes set to their peak"),
        noise=figure("VI_noise", CATEGORY, "Voltage with imaging noise"),
        signals=figure(
            "ceil_n_clip__sigs_and_STAs", CATEGORY, "Ceiled and clipped voltage"
        ),
        areas=figure("ceil_n_clip_AUCs", CATEGORY, "Detection in clipped signals"),
        averages=figure(
            "example_STAs", CATEGORY, "Spike-triggered averages of some inputs"
        ),
        rates=figure(
            "perfmeasures_threshold_TPR_ROC", CATEGORY, "Detection rates and threshold"
        ),
        F_scores=figure("perfmeasures_Fscores", CATEGORY, "F-scores and threshold"),
        iso_F=figure("PR_curves_iso_F", CATEGORY, "Precision and recall"),
        PR_by_kind=figure(
            "perfmeasures_PR_curves_EI",
            CATEGORY,
            "Precision and recall by kind of input",
        ),
        F1_by_kind=figure(
            "perfmeasures_threshold_PPVs_EI", CATEGORY, "F1 by kind of input"
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
        output:
            figure(name, CATEGORY, f"Detection against {result_set}"),
        log:
            f"results/logs/plot_{result_set}.log",
        params:
            key=key,
        script:
            "../scripts/connection_inference/plot_detection.py"


rule plot_chance_level:
    input:
        chance=f"{FOLDER}chance.parquet",
    output:
        figure("AUC_chance_level", CATEGORY, "Areas that chance alone gives"),
    log:
        "results/logs/plot_chance_level.log",
    script:
        "../scripts/connection_inference/plot_chance_level.py"


rule plot_methods:
    input:
        all_inputs=f"{FOLDER}all_inputs.parquet",
        longer=f"{FOLDER}window.parquet",
        chance=f"{FOLDER}chance.parquet",
    output:
        line_fit=figure("perf-all-inputs__fitline", CATEGORY, "Detection by line fit"),
        template=figure(
            "perf-all-inputs__template-cor", CATEGORY, "Detection in two passes"
        ),
        window=figure("perf-STA-winlength", CATEGORY, "Detection with a longer window"),
        spikes=figure(
            "perf-all-inputs__spikes", CATEGORY, "Detection with and without voltage"
        ),
    log:
        "results/logs/plot_methods.log",
    script:
        "../scripts/connection_inference/plot_methods.py"


rule plot_N_by_duration:
    input:
        means=f"{FOLDER}N_by_duration_means.parquet",
    output:
        figure(
            "AUC_N_by_duration", CATEGORY, "Detection by number of inputs and duration"
        ),
    log:
        "results/logs/plot_N_by_duration.log",
    params:
        method=INFERENCE.N_by_duration.methods[0],
    script:
        "../scripts/connection_inference/plot_N_by_duration.py"


rule detection_limit:
    """What imaging noise leaves to the best of tests."""
    input:
        trains=f"{FOLDER}regression_noise_trains.parquet",
    output:
        table(
            f"{FOLDER}regression_limit",
            CATEGORY,
            "Table: the limit that noise sets",
            "inference_limit",
        ),
    log:
        "results/logs/detection_limit.log",
    params:
        neuron=CONFIG.neuron.parameters,
        timestep_ms=INFERENCE.timestep_ms,
    script:
        "../scripts/connection_inference/detection_limit.py"


rule plot_regression:
    input:
        all_inputs=f"{FOLDER}all_inputs_means.parquet",
        noise=f"{FOLDER}regression_noise_means.parquet",
        active=f"{FOLDER}noise_means.parquet",
        observed=f"{FOLDER}observed_means.parquet",
        limit=f"{FOLDER}regression_limit.parquet",
        chance=f"{FOLDER}chance.parquet",
    output:
        by_method=figure("AUC_by_method", CATEGORY, "Detection by every method"),
        by_noise=figure("regression_noise", CATEGORY, "Regression and imaging noise"),
        by_share=figure(
            "regression_observed", CATEGORY, "Regression if some inputs are observed"
        ),
    log:
        "results/logs/plot_regression.log",
    script:
        "../scripts/connection_inference/plot_regression.py"


TARGETS = {
    "overview": [rules.score_overview.output, rules.plot_overview.output],
    "clipping": [rules.score_clipping.output, rules.plot_clipping.output],
    "noise": [
        rules.score_noise.output,
        rules.score_unclipped.output,
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
    "side_by_side": [rules.score_side_by_side.output],
    "regression_noise": [
        rules.score_regression_noise.output,
        rules.detection_limit.output,
        rules.plot_regression.output,
    ],
    "observed": [rules.score_observed.output],
    "imaging_2021": [rules.test_imaging_2021.output],
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
        f"{FOLDER}published_comparison.csv",
        f"{FOLDER}published_verdict.txt",
        f"{FOLDER}explore.html",
