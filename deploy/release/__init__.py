"""Building and checking what is shipped to the sites: content packs."""
