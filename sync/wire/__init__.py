"""What device and hub agree on: topics, messages and their encoding. Pure; sees only `kiosk.model`."""
