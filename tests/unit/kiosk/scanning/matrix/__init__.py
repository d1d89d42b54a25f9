"""Tests of the reading of codes by their grid."""
