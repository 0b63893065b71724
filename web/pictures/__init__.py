"""Decode pictures in worker processes, so that no picture takes too much of the server's time or memory."""
