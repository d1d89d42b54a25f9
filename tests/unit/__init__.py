"""Tests of single parts, laid out as the source is."""
