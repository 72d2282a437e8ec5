"""The Django project and HTTP edge: the only package that knows all the others."""
