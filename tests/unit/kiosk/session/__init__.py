"""Unit tests of the session: real store, real pack, a clock that goes when it is told to."""
