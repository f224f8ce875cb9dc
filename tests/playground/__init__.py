"""The main job in Microsoft's own Agents Playground: the client of Teams, with no account and no network."""
