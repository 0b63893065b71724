"""Check the page's scripts: unit tests that run with Node, a linter, a type checker, and a few rules."""
