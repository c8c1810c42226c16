"""From an image to things on the floor"""
