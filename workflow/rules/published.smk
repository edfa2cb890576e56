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


RESULTS += [rules.compare_with_published.output, rules.verify_published.output]
