"""The console: one page, drawn here as HTML and kept current by a stream of events."""
