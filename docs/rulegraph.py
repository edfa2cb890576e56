"""Draw the rules: snakemake --rulegraph | python docs/rulegraph.py picture.svg

Snakemake's own drawing has its rules and arrows in another order every time.
"""

import re
import subprocess
import sys
from pathlib import Path

STYLE = """
    rankdir=LR; nodesep=0.15; bgcolor=transparent;
    node [shape=box, style="rounded,filled", fillcolor="#e8f0f8", color="#1f77b4"];
    node [fontname="sans-serif", fontsize=11];
    edge [color="#888888", arrowsize=0.7];
"""


def arrows(rulegraph: str) -> list[tuple[str, str]]:
    """From each rule to those that use its results, in order of name."""
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)', rulegraph, re.MULTILINE))
    pairs = re.findall(r"^\s*(\d+) -> (\d+)", rulegraph, re.MULTILINE)
    return sorted((names[a], names[b]) for a, b in pairs if names[b] != "all")


def draw(rulegraph: str) -> str:
    """The picture as SVG; all of it is what ``all`` wants, so that is left out."""
    lines = "\n".join(f"    {a} -> {b};" for a, b in arrows(rulegraph))
    alone = re.findall(r'label = "(\w+)', rulegraph)
    nodes = "\n".join(f"    {name};" for name in sorted(alone) if name != "all")
    graph = f"digraph rules {{{STYLE}{nodes}\n{lines}\n}}\n"
    done = subprocess.run(["dot", "-Tsvg"], input=graph, text=True, capture_output=True, check=True)
    return re.sub(r"<!--.*?-->\n", "", done.stdout, flags=re.DOTALL)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(sys.stdin.read()))
