"""Where predictions are computed: in this process, or in replicas on other machines."""
