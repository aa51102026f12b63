"""What single lessons need beside figures, checks and widgets."""
