"""Pictures of all that we send to Slack and to Teams, for people to look at."""
