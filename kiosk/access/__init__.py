"""Other ways to the same answer than the eye: speech and tones."""
