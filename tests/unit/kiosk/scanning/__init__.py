"""Scanning, part by part."""
