"""All tests in several processes at once: most of the long ones wait, so others compute meanwhile."""
