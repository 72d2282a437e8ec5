"""What people read in a browser: documentation, and the key login of the browsable API."""
