"""What is billed when serving processes are killed: SIGKILL under load, and clients that hang up and ask again."""
