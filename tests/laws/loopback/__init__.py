"""Found by its path, not by its package: see `sitecustomize.py`."""
