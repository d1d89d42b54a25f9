"""Tests of `deploy.doctor`."""
