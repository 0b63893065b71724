"""Drawing or picture → normalized 28×28 image."""
