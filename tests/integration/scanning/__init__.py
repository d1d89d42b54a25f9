"""Scanning with its threads running."""
