"""Stand-ins that implement the production protocols: clock, broker link, voice."""
