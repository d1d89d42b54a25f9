"""Tests of the benchmark runner, not of speed."""
