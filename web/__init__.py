"""Serve the page that `demo.py` builds: application, API, security and batching."""
