"""Safe text, encodings, phrases; nothing here knows about networks."""
