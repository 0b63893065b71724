"""Commands that measure the page, test its robustness or create files. Run `python -m tests.tools.<name>`."""
