"""Recordings of one's own: a voltage and spike trains, from objects or files, to a table of calls.

``Recording.of`` takes what NumPy, pandas, Neo, quantities and pynapple have; ``read_recording``
takes files; ``detect`` tests all trains and says how far the calls can be trusted.
"""
