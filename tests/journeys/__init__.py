"""Whole processes, as they run at a site: broker, hub, agents and apps."""
