"""Tests of the server: HTTP, API, clients."""
