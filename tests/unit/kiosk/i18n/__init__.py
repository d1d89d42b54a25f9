"""Unit tests of the house's words."""
