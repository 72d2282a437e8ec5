"""What operators see of a running service: metrics, and a line for each request of the API."""
