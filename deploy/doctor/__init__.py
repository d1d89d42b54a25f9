"""`opas doctor`: what of this machine is fine for Opas, and what to do about the rest."""
