"""The agent's parts, with a fake link, a fake hub and a real database."""
