"""`opas fleet …`: who belongs to the fleet, asked of and told to a running hub."""
