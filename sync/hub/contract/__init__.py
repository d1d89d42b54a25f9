"""`opas wire`: what device and hub agree on, as documents."""
