"""Tests of building and checking content packs."""
