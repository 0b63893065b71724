"""Middleware that limits what clients can request."""
