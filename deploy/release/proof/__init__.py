"""The proof that nobody is left without an answer: every situation that a pack's rows can tell apart is decided."""

from deploy.release.proof.prove import Proof, prove

__all__ = ["Proof", "prove"]
