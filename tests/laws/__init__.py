"""Laws that hold for the whole tree, whatever is added to it."""
