"""Files as they are sent, read block by block: unpacked, told apart by their content, their columns' kinds decided."""
