"""Tests of the proof that nobody is left without an answer."""
