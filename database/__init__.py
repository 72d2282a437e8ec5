"""What every request needs of the database and the ORM gives too slowly; see the modules."""
