"""What a facing's neighbours say about it: how large it is, and that products stand in runs."""
