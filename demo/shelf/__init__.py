"""From products to the photo of a shelf, with the truth about every facing."""
