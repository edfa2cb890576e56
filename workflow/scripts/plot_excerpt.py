"""On discretising the voltage reset: a spike, closely looked at."""

from job import job
from style import covering, plt, save, set_up
from tables import read_parquet


def plot_samples(ax, zoom, column, **units):
    ax.plot(zoom["t_ms"], zoom[column], marker="o", ms=3)
    xlim = [zoom["t_ms"].min(), zoom["t_ms"].max()]
    set_up(ax, xlim=xlim, ylim=covering(zoom[column], [-60, 40]), **units)


def main(table, excerpt, excerpt_files, zoom_files, both_files):
    table, start = read_parquet(table), excerpt["zoom_start_ms"]
    end = start + excerpt["zoom_duration_ms"]
    half_step = 0.5 * (table["t_ms"].iloc[1] - table["t_ms"].iloc[0])
    zoom = table[table["t_ms"].between(start - half_step, end - half_step)]

    figure, ax = plt.subplots()
    ax.plot(table["t_ms"], table["V_m_mV"])
    ax.axvspan(start, end, alpha=0.3, lw=0)
    xlim = [table["t_ms"].min(), table["t_ms"].max()]
    set_up(ax, xlim=xlim, ylim=covering(table["V_m_mV"], [-60, 40]), nbins_x=9)
    ax.set(xlabel="Time (ms)", ylabel="$V_m$ (mV)")
    save(figure, *excerpt_files)

    figure, ax = plt.subplots()
    plot_samples(ax, zoom, "V_m_mV", nbins_x=8, xunit="ms", yunit="mV")
    save(figure, *zoom_files)

    figure, axes = plt.subplots(ncols=2, figsize=(7, 2.4))
    titles = {
        "V_m_mV": "Peak written one step early",
        "V_m_late_reset_mV": "Flat top, reset one step late",
    }
    peak = zoom["V_m_mV"].idxmax()
    around = zoom.loc[peak - 12 : peak + 5]
    for ax, (column, title) in zip(axes, titles.items(), strict=True):
        plot_samples(ax, around, column, xunit="ms", yunit="mV", nbins_x=4)
        ax.set_title(title, y=1.05)
    figure.tight_layout(w_pad=3)
    save(figure, *both_files)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input[0],
            snakemake.params.excerpt,
            snakemake.output.excerpt,
            snakemake.output.zoom,
            snakemake.output.both,
        )
