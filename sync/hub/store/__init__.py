"""What the hub keeps: the interface, its values, and SQLite behind it."""
