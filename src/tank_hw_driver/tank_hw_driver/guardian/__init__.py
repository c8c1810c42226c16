"""The process that outlives crashes and turns the motors off."""
