"""Attacks on the server. `python -m tests.tools.attacks` performs them and checks that the server withstands them."""
