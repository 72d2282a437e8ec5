"""Shows the candidate of a canary photos that the active release has answered, once the answers have been sent."""
