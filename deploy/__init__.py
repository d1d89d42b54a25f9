"""Starting, releasing, updating and looking after a fleet."""
