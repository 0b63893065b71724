"""Middleware that protects Gradio's server from unwanted requests."""
