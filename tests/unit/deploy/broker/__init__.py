"""Tests of `deploy.broker`."""
