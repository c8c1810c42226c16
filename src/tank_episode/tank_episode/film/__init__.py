"""Pictures of an episode"""
