"""HTTP: one app for devices, one for the console and administrators; both hand over to the rest of the hub."""
