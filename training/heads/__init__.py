"""Random synthetic heads that speak, rendered with exact ground truth for the face net."""
