"""Benchmarks: run by hand, reported as medians and ratios; the machine is named with the figures."""
