"""The device's store, on real SQLite files."""
