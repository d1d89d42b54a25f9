"""`opas hub COMMAND`: what an administrator asks of a running hub or does with its data."""
