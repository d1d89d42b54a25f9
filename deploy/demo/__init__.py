"""`opas demo`: a whole terminal and a shop on this machine, as separate processes, with one command."""
