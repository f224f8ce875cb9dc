"""Where the bot meets the world."""
