rule compile_kernels:
    """Once for all jobs."""
    output:
        CACHE / "compiled.txt",
    log:
        "results/logs/compile_kernels.log",
    group:
        "kernels"
    params:
        model=None,
    script:
        "../scripts/kernels/compile_kernels.py"


rule compile_kernels_of_model:
    """For runs with N inputs, of another model than the thesis's."""
    input:
        ancient(CACHE / "compiled.txt"),
    output:
        CACHE / "compiled_{model}.txt",
    log:
        "results/logs/compile_kernels_{model}.log",
    group:
        "kernels"
    params:
        model="{model}",
    script:
        "../scripts/kernels/compile_kernels.py"
