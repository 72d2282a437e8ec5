"""From a Design to the picture of one product."""
