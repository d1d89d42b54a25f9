"""Measurements: `python -m tests.bench [NAME…]`. They judge nothing; the tables stand beside a reference."""
