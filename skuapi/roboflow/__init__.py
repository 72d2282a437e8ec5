"""What Roboflow's own clients call, below /roboflow/."""
