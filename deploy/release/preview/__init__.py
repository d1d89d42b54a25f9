"""`opas pack preview`: a local page on which an author tries situations and sees the very screen, and why it says so."""
