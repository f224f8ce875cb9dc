"""Pictures of all that we send to Slack, for people to look at."""
