"""The server's outer wall. It knows Gradio, and nothing of digits."""
