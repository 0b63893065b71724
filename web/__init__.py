"""Serving: routes, API, security and batching for the page that `demo` builds."""
