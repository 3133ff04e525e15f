"""How far production lies from a baseline, from counts alone; pure."""
