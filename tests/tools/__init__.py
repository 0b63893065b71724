"""Commands that measure, attack or draw; run them as `python -m tests.tools.<name>`."""
