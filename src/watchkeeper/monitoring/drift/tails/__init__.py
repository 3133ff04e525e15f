"""How likely counts like these are without drift; each law a file."""
