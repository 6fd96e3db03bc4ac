"""Times of the main jobs, each beside its floor, in the same run: `make bench N=10000`. Never part of the tests."""
