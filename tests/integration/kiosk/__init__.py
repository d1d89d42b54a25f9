"""The app as a process, drawn offscreen, with the staged camera before it."""
