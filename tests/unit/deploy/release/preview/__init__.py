"""Tests of the page on which authors try situations."""
