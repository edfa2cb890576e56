"""A regression on thousands of spike trains at once: ``nto1.regression_test`` is made of these.

``signal``: a voltage and trains in bins, and what is missing; ``gaps``: missing bins; ``design``:
products with the design matrix, least squares; ``kernel``: the potential's shape and the noise's
spectrum; ``mixture``: what all sizes look like; ``calibration``: from t to calls.
"""
