# The workflow with the packages of the lock file; see docs/environments.md.
FROM python:3.11-slim-bookworm AS build

WORKDIR /opt/nto1
COPY envs/bootstrap.lock envs/requirements.lock envs/
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --quiet --require-hashes --no-deps -r envs/bootstrap.lock \
    && .venv/bin/uv pip sync --no-cache --quiet --require-hashes --compile-bytecode \
        --python .venv/bin/python envs/requirements.lock

FROM python:3.11-slim-bookworm

COPY --from=build /opt/nto1/.venv /opt/nto1/.venv
COPY Snakefile LICENSE README.md pyproject.toml /opt/nto1/
COPY benchmarks /opt/nto1/benchmarks
COPY config /opt/nto1/config
COPY envs /opt/nto1/envs
COPY profiles /opt/nto1/profiles
COPY resources /opt/nto1/resources
COPY workflow /opt/nto1/workflow

# Any user may run it. Compiled kernels stay with the study.
RUN useradd --create-home --uid 1000 nto1 && install --directory --owner nto1 /study
ENV PATH=/opt/nto1/.venv/bin:$PATH \
    HOME=/tmp \
    NUMBA_CACHE_DIR=/study/.snakemake/kernels
USER nto1
WORKDIR /study
ENTRYPOINT ["snakemake", "--snakefile", "/opt/nto1/Snakefile", \
            "--workflow-profile", "/opt/nto1/profiles/default"]
CMD ["--cores", "all"]
