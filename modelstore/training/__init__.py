"""From labelled photos to what a release carries."""
