"""The benches' own machinery at work, in small: that they count rightly, not how fast."""
