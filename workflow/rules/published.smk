NOTEBOOKS = ("adex_n_to_1", "izhikevich_n_to_1", "adex_network")


rule compare_with_published:
    input:
        numbers=expand(PUBLISHED / "{notebook}.csv", notebook=NOTEBOOKS),
        conditions=expand(PUBLISHED / "{notebook}_conditions.yaml", notebook=NOTEBOOKS),
        runs="results/we_sweep.parquet",
        means="results/we_sweep_means.parquet",
        weights="results/we_for_target_rate.parquet",
        trace="results/example_trace.parquet",
        trains="results/connection_test/trains.parquet",
        performance="results/connection_test/performance.parquet",
        excerpt="results/connection_test/excerpt.parquet",
        network_connections="results/adex_network/connections.parquet",
        network_spikes="results/adex_network/spikes.parquet",
        matrix=PUBLISHED / "adex_network_2024/connectivity_matrix.npy",
        spike_times=PUBLISHED / "adex_network_2024/spiketimes.npz",
    output:
        comparison="results/published_comparison.csv",
        summary="results/published_comparison.md",
        page=report_item(
            "results/published_comparison.html",
            "Published numbers",
            "Every published number beside ours",
        ),
    log:
        "results/logs/compare_with_published.log",
    params:
        config=config,
    script:
        "../scripts/published/compare_with_published.py"


rule verify_published:
    """Fails if a number deviates; the table that shows it stays."""
    input:
        "results/published_comparison.csv",
    output:
        "results/published_verdict.txt",
    log:
        "results/logs/verify_published.log",
    script:
        "../scripts/published/verify_published.py"


COMPARED = ("clipping", "noise", "unclipped", "duration", "all_inputs", "window")
COMPARED += ("side_by_side", "first_test", "clipping_trains", "window_trains", "chance")


use rule compare_with_published as compare_connection_inference with:
    input:
        **{name: f"{FOLDER}{name}.parquet" for name in COMPARED},
        numbers=[PUBLISHED / "connection_inference.csv"],
        conditions=[PUBLISHED / "connection_inference_conditions.yaml"],
        percentiles=f"{FOLDER}percentiles.csv",
    output:
        comparison=f"{FOLDER}published_comparison.csv",
        summary=f"{FOLDER}published_comparison.md",
        page=report_item(
            f"{FOLDER}published_comparison.html",
            CATEGORY,
            "Every published number beside ours",
        ),
    log:
        "results/logs/compare_connection_inference.log",


use rule verify_published as verify_connection_inference with:
    input:
        f"{FOLDER}published_comparison.csv",
    output:
        f"{FOLDER}published_verdict.txt",
    log:
        "results/logs/verify_connection_inference.log",


RESULTS += [rules.compare_with_published.output, rules.verify_published.output]
