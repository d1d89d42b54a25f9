"""The vocabulary of Opas: frozen values and pure transitions, the same on the device and at the hub."""
