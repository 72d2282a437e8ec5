"""What the pages of every app's admin share: how they look, who may open them, what is remembered of changes."""
