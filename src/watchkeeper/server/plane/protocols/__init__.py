"""The forms in which predictions are asked for and answered; one file a form."""
