"""The sandbox: a chat platform of our own, whole in a browser, for one computer."""
