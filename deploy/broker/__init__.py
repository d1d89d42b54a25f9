"""The site broker: its configuration, passwords and access rules, generated for mosquitto."""
