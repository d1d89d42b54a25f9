"""Tests with a real broker, real databases, a real browser."""
