"""Everything a client sees, one file per format: decode, encode, error body. JSON keys are written only here."""
