"""How staff log in: the password, then a code of their phone. Nobody is logged in between the two."""
