"""Tests of the page's scripts with Node, and the checks of the scripts."""
