"""On discretising the voltage reset: a spike, closely looked at."""

from script_io import read_parquet, run
from style import covering, plt, save, set_up


def plot_samples(ax, zoom, column, **units):
    ax.plot(zoom["t_ms"], zoom[column], marker="o", ms=3)
    xlim = [zoom["t_ms"].min(), zoom["t_ms"].max()]
    set_up(ax, xlim=xlim, ylim=covering(zoom[column], [-60, 40]), **units)


def main(samples, excerpt, output):
    table, start = read_parquet(samples), excerpt["zoom_start_ms"]
    end = start + excerpt["zoom_duration_ms"]
    half_step = 0.5 * (table["t_ms"].iloc[1] - table["t_ms"].iloc[0])
    zoom = table[table["t_ms"].between(start - half_step, end - half_step)]

    figure, ax = plt.subplots()
    ax.plot(table["t_ms"], table["V_m_mV"])
    ax.axvspan(start, end, alpha=0.3, lw=0)
    xlim = [table["t_ms"].min(), table["t_ms"].max()]
    set_up(ax, xlim=xlim, ylim=covering(table["V_m_mV"], [-60, 40]), nbins_x=9)
    ax.set(xlabel="Time (ms)", ylabel="$V_m$ (mV)")
    save(figure, *output.whole)

    figure, ax = plt.subplots()
    plot_samples(ax, zoom, "V_m_mV", nbins_x=8, xunit="ms", yunit="mV")
    save(figure, *output.zoom)

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
    save(figure, *output.both)


if "snakemake" in globals():
    run(main, snakemake)
