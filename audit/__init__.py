"""Business events, who did what and why, and the seals that chain them."""
