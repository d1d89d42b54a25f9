"""A whole site under a crowd for as long as one likes: what it holds must not grow, and nobody sees another's name."""
