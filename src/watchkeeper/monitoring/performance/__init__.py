"""How good the answers were, from sums over stretches of time that add up; pure."""
