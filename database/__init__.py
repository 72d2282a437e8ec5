"""What the other packages need of the database beyond the ORM: speed, turns, and jobs that hang on its rows."""
