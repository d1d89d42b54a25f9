"""Unit tests of what the screens decide without drawing."""
