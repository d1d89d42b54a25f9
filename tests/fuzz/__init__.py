"""Readers of foreign bytes against a fuzzer that watches which branches each input reaches."""
