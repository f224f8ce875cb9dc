"""Teams' words and ours, both ways, with no wire, no clock and no database."""
