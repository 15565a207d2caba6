"""Preview: what a repository would bring along, before anybody registers it."""
