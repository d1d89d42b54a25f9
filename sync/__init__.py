"""What carries events up and content down between devices and hub."""
