"""`python -m tests.bench.fleet [DEVICES]`: many devices with the agent's own code and connections, one broker, one hub."""
