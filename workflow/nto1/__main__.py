"""``python -m nto1`` is the command ``nto1``."""

from nto1.cli import main

main(prog_name="nto1")
