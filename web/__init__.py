"""How the page is served: its endpoints and what they ask, batches, the way past Gradio, and the outer wall."""
