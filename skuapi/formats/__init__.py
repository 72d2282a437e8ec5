"""How dates are written: 2026-04-30 15:00, always UTC, as in answers and logs."""
