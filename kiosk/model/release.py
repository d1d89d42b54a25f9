"""Which release this is; `pyproject.toml` takes its version from here."""

RELEASE = "0.1.0"
