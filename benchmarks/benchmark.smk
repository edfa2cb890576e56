# What this costs, beside other simulators: snakemake benchmark --cores all
# Peers are installed from their own locks. Every measurement has the machine to itself.


rule benchmark:
    input:
        "benchmarks/measured/README.md",
        "benchmarks/measured/connections.csv",
        "benchmarks/measured/regression.csv",
        "benchmarks/measured/detection.csv",
        "benchmarks/measured/network.json",
        "benchmarks/measured/studies.csv",
        "benchmarks/measured/intervals.csv",
        "benchmarks/measured/growth.csv",


rule install_peer:
    input:
        BENCHMARKS / "envs" / "{peer}.lock",
    output:
        touch("results/benchmarks/{peer}.installed"),
    log:
        "results/logs/benchmarks/install_{peer}.log",
    params:
        folder=".snakemake/benchmarks/{peer}",
        python=sys.executable,
    shell:
        "({params.python:q} -m uv venv --quiet --clear --python {params.python:q} {params.folder:q} && "
        "{params.python:q} -m uv pip sync --quiet --require-hashes "
        "--python {params.folder:q}/bin/python {input:q}) > {log:q} 2>&1"


rule build_arbor_mechanisms:
    input:
        BENCHMARKS / "peers/arbor_mechanisms/adex.mod",
        BENCHMARKS / "peers/arbor_mechanisms/reset.mod",
        installed="results/benchmarks/arbor.installed",
    output:
        "results/benchmarks/nto1-catalogue.so",
    log:
        "results/logs/benchmarks/build_arbor_mechanisms.log",
    params:
        mechanisms=BENCHMARKS / "peers/arbor_mechanisms",
        activate=Path(".snakemake/benchmarks/arbor/bin/activate").absolute(),
    shell:
        "(cd $(dirname {output:q}) && . {params.activate:q} && "
        "arbor-build-catalogue nto1 {params.mechanisms:q}) > {log:q} 2>&1"


rule measure:
    input:
        peers=BENCHMARKS / "peers",
        script=BENCHMARKS / "measure.py",
        brian2="results/benchmarks/brian2.installed",
        mechanisms="results/benchmarks/nto1-catalogue.so",
    output:
        "results/benchmarks/measured.json",
    log:
        "results/logs/benchmarks/measure.log",
    threads: lambda wildcards: workflow.cores
    params:
        peers=[
            [".snakemake/benchmarks/arbor/bin/python"]
            + [str(BENCHMARKS / "peers/arbor_run.py")]
            + ["--mechanisms", "results/benchmarks/nto1-catalogue.so"],
            *(
                [".snakemake/benchmarks/brian2/bin/python"]
                + [str(BENCHMARKS / "peers/brian2_run.py"), "--target", target]
                for target in ("C++", "Cython")
            ),
        ],
    script:
        "measure.py"


rule show_benchmark:
    input:
        measurements="results/benchmarks/measured.json",
    output:
        page="benchmarks/measured/README.md",
        table="benchmarks/measured/measured.csv",
        figure=multiext("benchmarks/measured/measured", ".pdf", ".svg"),
    log:
        "results/logs/benchmarks/show_benchmark.log",
    script:
        "show.py"


rule measure_connection_tests:
    input:
        script=BENCHMARKS / "connections.py",
        peer=BENCHMARKS / "peers/averages_run.py",
        averages="results/benchmarks/averages.installed",
    output:
        "benchmarks/measured/connections.csv",
    log:
        "results/logs/benchmarks/measure_connection_tests.log",
    threads: lambda wildcards: workflow.cores
    params:
        python=sys.executable,
        peer=".snakemake/benchmarks/averages/bin/python",
    shell:
        "{params.python:q} {input.script:q} {output:q} {params.peer:q} "
        "> {log:q} 2>&1"


rule measure_regression:
    input:
        script=BENCHMARKS / "regression.py",
        peer=BENCHMARKS / "peers/ridge_run.py",
        learn="results/benchmarks/learn.installed",
    output:
        "benchmarks/measured/regression.csv",
    log:
        "results/logs/benchmarks/measure_regression.log",
    threads: lambda wildcards: workflow.cores
    params:
        python=sys.executable,
        peer=".snakemake/benchmarks/learn/bin/python",
    shell:
        "{params.python:q} {input.script:q} {output:q} {params.peer:q} > {log:q} 2>&1"


rule measure_detection:
    """Connections of a network by our methods and by others': how many are found, how fast."""
    input:
        script=BENCHMARKS / "detection.py",
        GLMCC=BENCHMARKS / "glmcc.py",
        peer=BENCHMARKS / "peers/spikes_run.py",
        averages="results/benchmarks/averages.installed",
    output:
        "benchmarks/measured/detection.csv",
    log:
        "results/logs/benchmarks/measure_detection.log",
    threads: lambda wildcards: workflow.cores
    params:
        python=sys.executable,
        peer=".snakemake/benchmarks/averages/bin/python",
    shell:
        "{params.python:q} {input.script:q} {output:q} {params.peer:q} > {log:q} 2>&1"


rule measure_growth:
    input:
        script=BENCHMARKS / "growth.py",
        measured=BENCHMARKS / "measured/measured.csv",
    output:
        table="benchmarks/measured/growth.csv",
        figure=multiext("benchmarks/measured/growth", ".pdf", ".svg"),
    log:
        "results/logs/benchmarks/measure_growth.log",
    threads: lambda wildcards: workflow.cores
    script:
        "growth.py"


rule measure_intervals:
    """How often intervals of studies cover."""
    input:
        script=BENCHMARKS / "intervals.py",
    output:
        "benchmarks/measured/intervals.csv",
    log:
        "results/logs/benchmarks/measure_intervals.log",
    threads: lambda wildcards: workflow.cores
    script:
        "intervals.py"


rule measure_studies:
    input:
        script=BENCHMARKS / "studies.py",
    output:
        "benchmarks/measured/studies.csv",
    log:
        "results/logs/benchmarks/measure_studies.log",
    threads: lambda wildcards: workflow.cores
    script:
        "studies.py"


rule measure_network:
    """Networks beside Brian 2 and NEST: their spikes, and how long they take."""
    input:
        script=BENCHMARKS / "network.py",
        peers=expand(BENCHMARKS / "peers/{peer}_network.py", peer=["brian2", "nest"]),
        installed=expand("results/benchmarks/{peer}.installed", peer=["brian2", "nest"]),
    output:
        "benchmarks/measured/network.json",
    log:
        "results/logs/benchmarks/measure_network.log",
    threads: lambda wildcards: workflow.cores
    params:
        python=sys.executable,
        peers=expand(".snakemake/benchmarks/{peer}/bin/python", peer=["brian2", "nest"]),
    shell:
        "{params.python:q} {input.script:q} {params.peers:q} > {output:q} 2> {log:q}"
