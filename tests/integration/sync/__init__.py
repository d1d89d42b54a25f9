"""Link and agent with a real mosquitto, a real SQLite file and real processes."""
