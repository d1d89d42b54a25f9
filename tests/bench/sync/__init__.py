"""`python -m tests.bench.sync`: bringing events to the far end, beside thingsboard-gateway's storages with paho, in one run."""
