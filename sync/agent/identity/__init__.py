"""How a device becomes one of the fleet, and stays it: claim, renewal, and what it does when it is turned out."""
