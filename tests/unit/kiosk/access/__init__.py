"""Unit tests of speech and tones."""
