"""The vocabulary and its transitions."""
