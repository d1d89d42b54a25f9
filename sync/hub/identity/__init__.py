"""Who may speak for a device: the hub's own certificate authority, claims, renewal and removal."""
