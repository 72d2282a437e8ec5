"""Who may ask, and how much: tenants, API keys, quota and usage."""
