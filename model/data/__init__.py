"""The data that networks learn from and are measured on."""
