"""Web pages that need no other file: what the report shows of tables."""

from html import escape

from job import whole

MAX_ROWS = 1000

HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body { font: 13px/1.4 sans-serif; margin: 1.5em; }
table { border-collapse: collapse; margin: 1em 0; }
th { position: sticky; top: 0; background: #eee; }
th, td { padding: 0.2em 0.8em; text-align: right; font-variant-numeric: tabular-nums; }
tr:nth-child(even) { background: #f7f7f7; }
</style>
<h1>{title}</h1>
"""


def write_page(path: str, title: str, *parts) -> None:
    """``parts``: paragraphs, and pandas tables."""
    html = [HEAD.replace("{title}", escape(title))]
    html += [f"<p>{escape(part)}</p>" if isinstance(part, str) else _table(part) for part in parts]
    with whole(path) as file, open(file, "w", encoding="utf-8") as stream:
        stream.write("\n".join(html) + "\n")


def _table(table) -> str:
    """With all digits, as in the CSV; not more rows than a browser likes."""
    shown = table.head(MAX_ROWS).astype(object).where(table.notna(), "").astype(str)
    html = shown.to_html(index=False, border=0)
    if len(table) > MAX_ROWS:
        html = f"<p>The first {MAX_ROWS} of {len(table)} rows:</p>\n{html}"
    return html
