"""What a deployment is watched against: its bins and baselines, and the windows of days beside them."""
