"""The page: Gradio, one module a tab. What it shows comes from the assistant; it decides nothing."""
